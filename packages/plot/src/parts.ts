import type { LineSeriesOption } from 'echarts/charts';
import type { TitleComponentOption } from 'echarts/components';
import type { CurvesTheme } from './theme.js';

/** Both value axes have this many steps, so that one set of rules serves both. */
export const STEPS = 5;
/** From this many points on, a mark at each would hide the line. */
const CROWDED = 40;

/** The title, and the line below it. */
export function heading(
  title: string | undefined,
  subtitle: string | undefined,
  { fontFamily, ink, faint }: CurvesTheme,
): TitleComponentOption {
  return {
    show: title !== undefined,
    text: title,
    subtext: subtitle,
    left: 60,
    top: 12,
    itemGap: 6,
    textStyle: { fontFamily, fontSize: 17, fontWeight: 'bold', color: ink },
    subtextStyle: { fontFamily, fontSize: 12, color: faint },
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

/** The end of the loss axis: the smallest round number that no loss exceeds. */
export function lossTop(losses: readonly (number | undefined)[]): number {
  const highest = losses.reduce<number>((a, b) => (Number.isFinite(b) ? Math.max(a, b!) : a), 0.1);
  const magnitude = 10 ** Math.floor(Math.log10(highest));
  const factor = [1, 1.5, 2, 2.5, 3, 4, 5, 7.5].find((round) => round * magnitude >= highest) ?? 10;
  return factor * magnitude;
}
