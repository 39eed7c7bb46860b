import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

export const CURVES_WIDTH = 700;
export const CURVES_HEIGHT = 420;

const FONT = "'DejaVu Sans', Verdana, Arial, sans-serif";
const INK = '#1f2933';
const FAINT = '#66727f';
const RULE = '#e4e8ec';
/** Both value axes have this many steps, so that one set of rules serves both. */
const STEPS = 5;
/** From this many epochs on, a mark at each would hide the line. */
const CROWDED = 40;

/** One epoch's numbers, as the curves need them. */
export interface CurvePoint {
  /** 1, 2, ... */
  epoch: number;
  trainLoss: number;
  validationLoss: number;
  /** From 0 to 1. */
  validationAccuracy: number;
}

export interface CurvesOptions {
  title: string;
  /** A line below the title: what ran, on what. */
  subtitle: string;
  /** How many epochs the run will have: the width of the plot. */
  epochs: number;
}

/**
 * The chapter's plot as an SVG of 700 x 420: training loss, validation loss and validation accuracy over epochs.
 *
 * Both losses use the left axis, the accuracy the right one, from 0 to 100 %; the legend tells the last values.
 * Source: d2l 1.0.3, section 8.6.6 (the figure that `trainer.fit` draws).
 */
export function curvesSvg(points: readonly CurvePoint[], { title, subtitle, epochs }: CurvesOptions): string {
  const size = { width: CURVES_WIDTH, height: CURVES_HEIGHT };
  const chart = init(null, null, { renderer: 'svg', ssr: true, ...size });
  const last = points.at(-1);
  const series = [
    {
      ...line('#2266c8', 'solid', points, (point) => point.trainLoss),
      name: `train loss ${loss(last?.trainLoss)}`,
    },
    {
      ...line('#b0369b', 'dashed', points, (point) => point.validationLoss),
      name: `validation loss ${loss(last?.validationLoss)}`,
    },
    {
      ...line('#1d8348', [8, 3, 2, 3], points, (point) => 100 * point.validationAccuracy),
      name: `validation accuracy ${percent(last?.validationAccuracy)}`,
      yAxisIndex: 1,
    },
  ];
  const top = lossTop(points);
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    textStyle: { fontFamily: FONT, color: INK },
    title: {
      text: title,
      subtext: subtitle,
      left: 60,
      top: 12,
      itemGap: 6,
      textStyle: { fontFamily: FONT, fontSize: 17, fontWeight: 'bold', color: INK },
      subtextStyle: { fontFamily: FONT, fontSize: 12, color: FAINT },
    },
    legend: {
      bottom: 12,
      itemWidth: 34,
      itemHeight: 7,
      itemGap: 30,
      textStyle: { fontFamily: FONT, fontSize: 13, color: INK },
    },
    grid: { left: 62, right: 62, top: 80, bottom: 88, outerBoundsMode: 'none' },
    xAxis: {
      ...axis('epoch', 30),
      min: 0,
      max: Math.max(epochs, 1),
      minInterval: 1,
      splitNumber: Math.min(epochs, 10),
      splitLine: { show: false },
      axisLine: { show: true, onZero: false, lineStyle: { color: FAINT } },
      axisTick: { show: true, lineStyle: { color: FAINT } },
    },
    yAxis: [
      { ...axis('loss', 44), min: 0, max: top, interval: top / STEPS },
      { ...axis('accuracy in %', 42), min: 0, max: 100, interval: 100 / STEPS, splitLine: { show: false } },
    ],
    series,
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function line(
  color: string,
  type: 'solid' | 'dashed' | number[],
  points: readonly CurvePoint[],
  value: (point: CurvePoint) => number,
) {
  return {
    type: 'line' as const,
    color,
    symbol: 'circle',
    // A single point would have no line to show it.
    symbolSize: points.length < CROWDED ? 5 : 0,
    lineStyle: { width: 2.4, type, color },
    // A loss that is not a number leaves a gap.
    data: points.map((point) => [point.epoch, Number.isFinite(value(point)) ? value(point) : '-']),
  };
}

function axis(name: string, nameGap: number) {
  return {
    type: 'value' as const,
    name,
    nameGap,
    nameLocation: 'middle' as const,
    nameTextStyle: { fontFamily: FONT, fontSize: 13, color: INK },
    axisLabel: { fontFamily: FONT, fontSize: 12, color: FAINT, hideOverlap: true },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: RULE } },
  };
}

/** The end of the loss axis: the smallest round number that no loss exceeds. */
function lossTop(points: readonly CurvePoint[]): number {
  const losses = points.flatMap(({ trainLoss, validationLoss }) => [trainLoss, validationLoss]);
  const highest = Math.max(0.1, ...losses.filter(Number.isFinite));
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  const factor = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5].find((round) => round * magnitude >= highest) ?? 10;
  return factor * magnitude;
}

function loss(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(3);
}

function percent(share: number | undefined): string {
  return share === undefined ? '' : `${(100 * share).toFixed(1)} %`;
}
