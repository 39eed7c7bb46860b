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
import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

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
