import { runData } from '@residual/runs';
import { formatCount } from '../format.js';
import { remarksOn } from '../named.js';
import { style } from '../output.js';
import { describeRun, partsText } from '../run/describe.js';
import type { PartCounts } from '../run/eventLog.js';
import type { RunPlan } from '../run/plan.js';
import { field, wrap } from './columns.js';

/** What `train` would do with pictures. */
export interface WouldTrain {
  /** Which recipe, and why. */
  readonly recipe: string;
  readonly model: string;
  /** What becomes of pictures, and what training does to them, in words. */
  readonly pictures: readonly string[];
  readonly training: readonly string[];
  readonly backend: string;
  /** How many pictures are for what. */
  readonly parts: PartCounts;
  readonly epochs: number;
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  /** What it would say before it begins. */
  readonly remarks: readonly string[];
}

/** What a plan comes to. */
export function wouldTrain({ settings, data: loaded, reason, backend }: RunPlan): WouldTrain {
  const { training } = settings;
  const { train, parts: divided } = runData(settings, loaded);
  const { pictures, training: steps, parts } = describeRun(settings, divided);
  return {
    recipe: reason,
    model: training.model.name,
    pictures,
    training: steps,
    backend: `${backend.name} on ${backend.device}`,
    parts,
    epochs: training.epochs,
    batchSize: training.batchSize,
    stepsPerEpoch: train.batchesPerEpoch,
    // Of files the examination tells more.
    remarks: remarksOn({
      ...loaded,
      report: loaded.report && { ...loaded.report, passedOver: [], noted: [] },
    }),
  };
}

/** The same for people, in lines of at most `columns`. */
export function trainLines(train: WouldTrain, columns: number): string[] {
  const [size, ...steps] = train.pictures;
  const { training } = train;
  const total = train.epochs * train.stepsPerEpoch;
  return [
    style('bold', 'train would do this:'),
    ...field('recipe', train.recipe, columns),
    ...field('backend', train.backend, columns),
    ...field('model', train.model, columns),
    ...field('pictures', `${size}: ${steps.join(', ')}`, columns),
    ...field('training', training.length === 0 ? 'on pictures as they are' : training.join(', '), columns),
    ...field('parts', partsText(train.parts), columns),
    ...field(
      'epochs',
      `${train.epochs} of ${formatCount(train.stepsPerEpoch)} steps with ${train.batchSize} pictures: ${formatCount(total)} steps`,
      columns,
    ),
    ...train.remarks.flatMap((remark) => wrap(remark, columns)),
  ];
}
