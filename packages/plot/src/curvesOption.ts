import type { LineSeriesOption } from 'echarts/charts';
import type { GridComponentOption, LegendComponentOption, TitleComponentOption } from 'echarts/components';
import type { ComposeOption } from 'echarts/core';
import { axis, baseAxis, frame, line, lossAxis, type Point, STEPS } from './parts.js';
import { type CurvesTheme, lightTheme } from './theme.js';

const TRAIN_LOSS = 'train loss';
const VALIDATION_LOSS = 'validation loss';
const VALIDATION_ACCURACY = 'validation accuracy';

/** One epoch's numbers, as a history of `@residual/trainer` has them. */
export interface CurvePoint {
  /** 1, 2, ... */
  epoch: number;
  trainLoss: number;
  validationLoss?: number;
  /** From 0 to 1. */
  validationAccuracy?: number;
}

/** The training loss at a moment within an epoch. */
export interface StepPoint {
  /** Epochs gone by, such as 0.25 after a quarter of the first. */
  epoch: number;
  trainLoss: number;
}

export interface CurvesOptions {
  /** How many epochs the run will have: the width of the plot. */
  epochs: number;
  /** Default: none, and no room for one. */
  title?: string;
  /** A line below the title: what ran, on what. */
  subtitle?: string;
  /** Draws these as the training loss, in place of the epochs' means. */
  steps?: readonly StepPoint[];
  /** Default `lightTheme`. */
  theme?: CurvesTheme;
}

/** For a chart that uses ECharts' LineChart, GridComponent, LegendComponent and TitleComponent. */
export type CurvesOption = ComposeOption<
  LineSeriesOption | GridComponentOption | LegendComponentOption | TitleComponentOption
>;

/**
 * The chapter's plot as an ECharts option: training loss, validation loss and validation accuracy over epochs.
 *
 * Both losses use the left axis, the accuracy the right one, from 0 to 100 %; the legend tells the last values. A
 * number that is missing or not finite leaves a gap. Source: d2l 1.0.3, section 8.6.6 (the figure that `trainer.fit` draws).
 *
 * @example
 * chart.setOption(curvesOption(history, { epochs: 10, title: 'resnet20 on Fashion-MNIST' }), { notMerge: true });
 */
export function curvesOption(
  points: readonly CurvePoint[],
  { epochs, title, subtitle, steps = [], theme = lightTheme }: CurvesOptions,
): CurvesOption {
  const shared = frame(title, subtitle, theme);
  const trainLosses = (steps.length > 0 ? steps : points).map(({ epoch, trainLoss }) => [epoch, trainLoss]);
  const validationLosses = points.map(({ epoch, validationLoss }) => [epoch, validationLoss]);
  const accuracies = points.map(({ epoch, validationAccuracy }) => [epoch, percentOf(validationAccuracy)]);
  const losses = [...trainLosses, ...validationLosses].map(([, loss]) => loss);
  const lastValues: Record<string, string> = {
    [TRAIN_LOSS]: last(trainLosses, 3),
    [VALIDATION_LOSS]: last(validationLosses, 3),
    [VALIDATION_ACCURACY]: last(accuracies, 1, ' %'),
  };
  return {
    ...shared,
    legend: {
      // Not part of the names, by which a chart remembers what is switched off.
      formatter: (name) => `${name} ${lastValues[name]}`,
      ...shared.legend,
    },
    xAxis: {
      ...baseAxis('epoch', theme),
      min: 0,
      max: Math.max(epochs, 1),
      minInterval: 1,
      splitNumber: Math.min(epochs, 10),
    },
    yAxis: [
      lossAxis(losses, theme),
      {
        ...axis('accuracy in %', 42, theme),
        min: 0,
        max: 100,
        interval: 100 / STEPS,
        splitLine: { show: false },
      },
    ],
    series: [
      { ...line(theme.trainLoss, 'solid', trainLosses), name: TRAIN_LOSS },
      { ...line(theme.validationLoss, 'dashed', validationLosses), name: VALIDATION_LOSS },
      {
        ...line(theme.validationAccuracy, [8, 3, 2, 3], accuracies),
        name: VALIDATION_ACCURACY,
        yAxisIndex: 1,
      },
    ],
  };
}

const percentOf = (share: number | undefined) => (share === undefined ? undefined : 100 * share);

/** The last point's value as text; nothing where there is none. */
function last(points: readonly Point[], digits: number, unit = ''): string {
  const value = points.at(-1)?.[1];
  return value === undefined ? '' : `${value.toFixed(digits)}${unit}`;
}
