import {
  type ComparedRun,
  type ComparisonOptions,
  type CurvePoint,
  type CurvesOption,
  type CurvesOptions,
  comparisonOption,
  curvesOption,
  type RatePlotPoint,
  type RateRangeOptions,
  rateRangeOption,
} from '@residual/plot';
// Built into one file: its 550 modules would be a third of what a command takes to begin.
import { init } from 'echarts/dist/echarts.esm.min.mjs';

export const CURVES_WIDTH = 700;
export const CURVES_HEIGHT = 420;

/** The chapter's plot as an SVG of 700 x 420. */
export function curvesSvg(points: readonly CurvePoint[], options: CurvesOptions): string {
  return drawn(curvesOption(points, options));
}

/** What a learning rate range test came to, as an SVG of 700 x 420. */
export function rateRangeSvg(points: readonly RatePlotPoint[], options: RateRangeOptions): string {
  return drawn(rateRangeOption(points, options));
}

/** Several runs side by side, as an SVG of 1100 x 420. */
export function comparisonSvg(runs: readonly ComparedRun[], options: ComparisonOptions): string {
  return drawn(comparisonOption(runs, options), 1100);
}

function drawn(option: CurvesOption, width = CURVES_WIDTH): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height: CURVES_HEIGHT });
  chart.setOption(option);
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}
