import type { History } from '@residual/trainer';
import type { Point } from './thinnedSeries.js';

/** A line of the chapter's plot. */
export interface Curve {
  name: string;
  /** The custom property that holds its colour. */
  color: '--curve-train' | '--curve-validation' | '--curve-accuracy';
  /** Dashes, so that the lines are told apart without their colours too; '' for none. */
  dashes: string;
  axis: 'loss' | 'share';
  points: Point[];
  /** Whether each point has a mark. */
  hasMarks: boolean;
}

/**
 * The lines of the chapter's plot: training loss as it is measured, validation loss and accuracy after each epoch.
 *
 * @param trainLoss x is the fraction of epochs done
 * Source: d2l 1.0.3, section 8.6.6 (the figure that `trainer.fit` draws).
 */
export function curvesOf(trainLoss: Point[], history: History): Curve[] {
  const after = (value: (record: History[number]) => number | undefined): Point[] =>
    history.flatMap((record) => {
      const y = value(record);
      return y === undefined || !Number.isFinite(y) ? [] : [{ x: record.epoch, y }];
    });
  return [
    {
      name: 'training loss',
      color: '--curve-train',
      dashes: '',
      axis: 'loss',
      points: trainLoss,
      hasMarks: false,
    },
    {
      name: 'validation loss',
      color: '--curve-validation',
      dashes: '6 4',
      axis: 'loss',
      points: after(({ validationLoss }) => validationLoss),
      hasMarks: true,
    },
    {
      name: 'validation accuracy',
      color: '--curve-accuracy',
      dashes: '8 3 2 3',
      axis: 'share',
      points: after(({ validationAccuracy }) => validationAccuracy),
      hasMarks: true,
    },
  ];
}
