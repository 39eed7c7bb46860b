import type { CurvePoint, CurvesOption } from './curvesOption.js';
import { axis, baseAxis, frame, line, lossAxis, type Point, STEPS } from './parts.js';
import { type CurvesTheme, lightTheme } from './theme.js';

/** A curve's run; those that differ by their seed alone have one name. */
export interface ComparedRun {
  name: string;
  history: readonly CurvePoint[];
}

export interface ComparisonOptions {
  /** Default: none, and no room for one. */
  title?: string;
  /** A line below the title: what the runs share. */
  subtitle?: string;
  /** Default `lightTheme`. */
  theme?: CurvesTheme;
  /** Of the names, one after the other. Default `runColors.light`. */
  colors?: readonly string[];
}

/** Colours to tell runs apart by, on the background of `lightTheme` and of `darkTheme`. */
export const runColors = {
  light: ['#2266c8', '#c2410c', '#1d8348', '#b0369b', '#7a5c00', '#0e7490', '#5b4bc4'],
  dark: ['#6ea8ff', '#ff9a5c', '#57c785', '#e884d6', '#d9b84a', '#4fc3dc', '#a99bff'],
} as const;

/** One after the other; their number and that of the colours have no common divisor, so that names rarely look alike. */
const STROKES: readonly ('solid' | 'dashed' | number[])[] = ['solid', [7, 3], [2, 2], [9, 3, 2, 3]];
/** From this many on, the first would take most of the room from what the runs come to: its curves come in from outside. */
const MANY_EPOCHS = 6;
/** Where the left half ends, from the right edge, and where the right one begins. */
const MIDDLE = { left: '52%', right: '56%' };

/**
 * Several runs as an ECharts option: the training loss over epochs on the left, the validation accuracy on the right, a colour and a stroke
 * for each name. Runs of one name are drawn alike, a curve each; the legend tells the mean of their last accuracies. A number that is
 * missing or not finite leaves a gap. Of six epochs and more, the axes leave out the first. For a chart twice as wide as that of `curvesOption`.
 *
 * Source: He et al., "Deep Residual Learning for Image Recognition" (arXiv 1512.03385), figures 1, 4 and 6.
 *
 * @example
 * chart.setOption(comparisonOption([{ name: 'plain20', history: plain }, { name: 'resnet20', history: residual }]));
 */
export function comparisonOption(
  runs: readonly ComparedRun[],
  { title, subtitle, theme = lightTheme, colors = runColors.light }: ComparisonOptions = {},
): CurvesOption {
  const { grid, ...shared } = frame(title, subtitle, theme);
  const names = [...new Set(runs.map(({ name }) => name))];
  const ends = new Map(names.map((name) => [name, endOf(runs.filter((run) => run.name === name))]));
  const shown = runs.flatMap(({ history }) => history.slice(history.length < MANY_EPOCHS ? 0 : 1));
  const losses = shown.map(({ trainLoss }) => trainLoss);
  const accuracies = shown.map(accuracyOf);
  const last = Math.max(1, ...runs.flatMap(({ history }) => history.map(({ epoch }) => epoch)));
  const epochs = {
    ...baseAxis('epoch', theme),
    min: 0,
    max: last,
    minInterval: 1,
    splitNumber: Math.min(last, 10),
  };
  const [low, high] = accuracyRange(accuracies);
  return {
    ...shared,
    legend: {
      formatter: (name) => `${name} ${ends.get(name) ?? ''}`.trimEnd(),
      ...shared.legend,
      itemGap: 22,
    },
    grid: [
      { ...grid, right: MIDDLE.left },
      { ...grid, left: MIDDLE.right, right: 30 },
    ],
    xAxis: [epochs, { ...epochs, gridIndex: 1 }],
    yAxis: [
      { ...lossAxis(losses, theme), name: 'training loss' },
      {
        ...axis('validation accuracy in %', 44, theme),
        gridIndex: 1,
        min: low,
        max: high,
        interval: (high - low) / STEPS,
      },
    ],
    series: runs.flatMap(({ name, history }) => {
      const at = names.indexOf(name);
      const color = colors[at % colors.length]!;
      const stroke = STROKES[at % STROKES.length]!;
      const drawn = (points: Point[]) => ({ ...line(color, stroke, points), name });
      return [
        drawn(history.map(({ epoch, trainLoss }) => [epoch, trainLoss])),
        { ...drawn(history.map((point) => [point.epoch, accuracyOf(point)])), xAxisIndex: 1, yAxisIndex: 1 },
      ];
    }),
  };
}

function accuracyOf({ validationAccuracy }: CurvePoint): number | undefined {
  return validationAccuracy === undefined ? undefined : 100 * validationAccuracy;
}

/** The mean of the runs' last accuracies as text; nothing where one has none. */
function endOf(runs: readonly ComparedRun[]): string {
  const ends = runs.map(({ history }) => history.at(-1)).map((point) => point && accuracyOf(point));
  const sum = ends.reduce<number>((total, end) => total + (end ?? Number.NaN), 0);
  return Number.isFinite(sum) ? `${(sum / ends.length).toFixed(1)} %` : '';
}

/** Where an axis to 100 may begin: its steps are whole numbers. */
const LOWS = [95, 90, 75, 50, 0];

function accuracyRange(accuracies: readonly (number | undefined)[]): [low: number, high: number] {
  const lowest = accuracies.reduce<number>((a, b) => (Number.isFinite(b) ? Math.min(a, b!) : a), 100);
  return [LOWS.find((low) => low <= lowest)!, 100];
}
