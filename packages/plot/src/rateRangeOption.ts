import type { LineSeriesOption } from 'echarts/charts';
import type { CurvesOption } from './curvesOption.js';
import { baseAxis, frame, line, lossAxis } from './parts.js';
import { type CurvesTheme, lightTheme } from './theme.js';

export interface RateRangeOptions {
  /** Marked on the line; null: none. */
  suggestion: number | null;
  /** Default: none, and no room for one. */
  title?: string;
  /** A line below the title: what ran, on what. */
  subtitle?: string;
  /** Default `lightTheme`. */
  theme?: CurvesTheme;
}

/** What a step with a rate came to, as `findLearningRate` of `@residual/trainer` tells it. */
export interface RatePlotPoint {
  learningRate: number;
  loss: number;
  smoothed: number;
}

/**
 * A learning rate range test as an ECharts option: the loss of each step and its smoothed mean over the rate, on a logarithmic axis, with a
 * mark at the suggestion. The loss axis ends where the smoothed loss does: single steps may go beyond.
 *
 * Source: Smith, "Cyclical Learning Rates for Training Neural Networks" (arXiv 1506.01186), figure 3.
 *
 * @example
 * chart.setOption(rateRangeOption(range.points, range), { notMerge: true });
 */
export function rateRangeOption(
  points: readonly RatePlotPoint[],
  { suggestion, title, subtitle, theme = lightTheme }: RateRangeOptions,
): CurvesOption {
  const suggested = points.find(({ learningRate }) => learningRate === suggestion);
  const rates = points.map(({ learningRate }) => learningRate);
  const mark: LineSeriesOption = {
    ...line(
      theme.validationAccuracy,
      'solid',
      suggested ? [[suggested.learningRate, suggested.smoothed]] : [],
    ),
    name: suggested ? `suggestion ${suggested.learningRate.toPrecision(2)}` : 'no suggestion',
    symbolSize: 12,
  };
  return {
    ...frame(title, subtitle, theme),
    xAxis: {
      ...baseAxis('learning rate', theme),
      type: 'log',
      min: Math.min(...rates),
      max: Math.max(...rates),
      axisLabel: {
        fontFamily: theme.fontFamily,
        fontSize: 12,
        color: theme.faint,
        formatter: (rate: number) => String(Number(rate.toPrecision(2))),
      },
    },
    yAxis: lossAxis(
      points.map(({ smoothed }) => smoothed),
      theme,
    ),
    series: [
      {
        ...line(
          theme.trainLoss,
          [2, 3],
          points.map(({ learningRate, loss }) => [learningRate, loss]),
        ),
        name: 'loss',
      },
      {
        ...line(
          theme.validationLoss,
          'solid',
          points.map(({ learningRate, smoothed }) => [learningRate, smoothed]),
        ),
        name: 'smoothed',
      },
      mark,
    ],
  };
}
