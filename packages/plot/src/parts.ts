import type { LineSeriesOption } from 'echarts/charts';
import type { CurvesTheme } from './theme.js';

/** Both value axes have this many steps, so that one set of rules serves both. */
export const STEPS = 5;
/** From this many points on, a mark at each would hide the line. */
const CROWDED = 40;

/** What all plots of this package share around their lines: colours, title and the line below it, legend, room for the axes. */
export function frame(
  title: string | undefined,
  subtitle: string | undefined,
  { background, fontFamily, ink, faint }: CurvesTheme,
) {
  return {
    animation: false,
    backgroundColor: background,
    textStyle: { fontFamily, color: ink },
    title: {
      show: title !== undefined,
      text: title,
      subtext: subtitle,
      left: 60,
      top: 12,
      itemGap: 6,
      textStyle: { fontFamily, fontSize: 17, fontWeight: 'bold' as const, color: ink },
      subtextStyle: { fontFamily, fontSize: 12, color: faint },
    },
    legend: {
      bottom: 12,
      itemWidth: 34,
      itemHeight: 7,
      itemGap: 30,
      textStyle: { fontFamily, fontSize: 13, color: ink },
    },
    grid: {
      left: 62,
      right: 62,
      top: title === undefined ? 20 : 80,
      bottom: 88,
      outerBoundsMode: 'none' as const,
    },
  };
}

/** A place of a line; a number that is missing leaves a gap. */
export type Point = (number | undefined)[];

/** A line through points, with a mark at each where they are few. */
export function line(
  color: string,
  type: 'solid' | 'dashed' | number[],
  points: readonly Point[],
): LineSeriesOption {
  return {
    type: 'line',
    color,
    symbol: 'circle',
    // A single point would have no line to show it.
    symbolSize: points.length < CROWDED ? 5 : 0,
    lineStyle: { width: 2.4, type, color },
    // A loss that is not a number leaves a gap.
    data: points.map(([epoch, value]) => [epoch!, Number.isFinite(value) ? value! : '-']),
  };
}

/** An axis of numbers. */
export function axis(name: string, nameGap: number, { fontFamily, ink, faint, rule }: CurvesTheme) {
  return {
    type: 'value' as const,
    name,
    nameGap,
    nameLocation: 'middle' as const,
    nameTextStyle: { fontFamily, fontSize: 13, color: ink },
    axisLabel: { fontFamily, fontSize: 12, color: faint, hideOverlap: true },
    axisLine: { show: false },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: rule } },
  };
}

/** The axis of what the losses go over, with ticks on its line. */
export function baseAxis(name: string, theme: CurvesTheme) {
  const color = theme.faint;
  return {
    ...axis(name, 30, theme),
    splitLine: { show: false },
    axisLine: { show: true, onZero: false, lineStyle: { color } },
    axisTick: { show: true, lineStyle: { color } },
  };
}

/** The axis of a loss: it ends at a round number that none of these exceeds. */
export function lossAxis(losses: readonly (number | undefined)[], theme: CurvesTheme) {
  const top = lossTop(losses);
  return { ...axis('loss', 44, theme), min: 0, max: top, interval: top / STEPS };
}

/** The end of the loss axis: the smallest round number that no loss exceeds. */
function lossTop(losses: readonly (number | undefined)[]): number {
  const highest = losses.reduce<number>((a, b) => (Number.isFinite(b) ? Math.max(a, b!) : a), 0.1);
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  const factor = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5].find((round) => round * magnitude >= highest) ?? 10;
  return factor * magnitude;
}
