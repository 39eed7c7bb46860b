import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { describe, expect, it } from 'vitest';
import { type CurvePoint, type CurvesOptions, curvesOption } from './curvesOption.js';
import { type CurvesTheme, darkTheme, lightTheme } from './theme.js';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const [WIDTH, HEIGHT] = [700, 420];
const options = { title: 'resnet20', subtitle: 'recipe quick', epochs: 10 };
const points: CurvePoint[] = [
  { epoch: 1, trainLoss: 0.9, validationLoss: 0.6, validationAccuracy: 0.8 },
  { epoch: 2, trainLoss: 0.5, validationLoss: 0.4, validationAccuracy: 0.85 },
  { epoch: 3, trainLoss: 0.3, validationLoss: 0.35, validationAccuracy: 0.9034 },
];

/** What a chart makes of the option. */
function draw(given: readonly CurvePoint[], how: CurvesOptions): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT });
  chart.setOption(curvesOption(given, how));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

/** What is written in the picture, in order. */
function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
}

/** The corners of the line drawn in a colour, as [x, y]. */
function corners(svg: string, color: string): [number, number][] {
  const path = [...svg.matchAll(/<path d="([^"]*)" fill="none"[^>]* stroke="([^"]*)"/g)].find(
    (m) => m[2] === color,
  );
  const numbers = (path?.[1] ?? '').match(/[\d.]+/g)?.map(Number) ?? [];
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i]!, numbers[2 * i + 1]!]);
}

const LEFT = 62;
const BOTTOM = HEIGHT - 88;
/** The place of a share of the y axis at an epoch of ten. */
const place = (epoch: number, share: number, top = 80) => [
  expect.closeTo(LEFT + (epoch / 10) * (WIDTH - 2 * LEFT), 0),
  expect.closeTo(BOTTOM + share * (top - BOTTOM), 0),
];

describe('curvesOption', () => {
  const svg = draw(points, options);

  it('names the axes, and the last values in the legend', () => {
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        'resnet20',
        'recipe quick',
        'epoch',
        'loss',
        'accuracy in %',
        'train loss 0.300',
        'validation loss 0.350',
        'validation accuracy 90.3 %',
      ]),
    );
  });

  it('draws each value at its place', () => {
    // The loss axis ends at 1, the accuracy's at 100 %.
    for (const name of ['trainLoss', 'validationLoss', 'validationAccuracy'] as const) {
      const expected = points.map((point) => place(point.epoch, point[name]!));
      expect(corners(svg, lightTheme[name]), name).toEqual(expected);
    }
  });

  it('draws losses within epochs in place of their means, from the first step on', () => {
    const steps = [
      { epoch: 0.25, trainLoss: 1.8 },
      { epoch: 0.5, trainLoss: 1.2 },
      { epoch: 1.5, trainLoss: 0.7 },
    ];
    for (const given of [points.slice(0, 1), []]) {
      const fine = draw(given, { ...options, steps });
      // The loss axis ends at 2.
      const expected = steps.map(({ epoch, trainLoss }) => place(epoch, trainLoss / 2));
      expect(corners(fine, lightTheme.trainLoss)).toEqual(expected);
      expect(texts(fine)).toContain('train loss 0.700');
    }
  });

  it('leaves a gap where a loss is not a number', () => {
    const broken = points.map((point, i) => (i === 1 ? { ...point, validationLoss: Number.NaN } : point));
    const gap = draw(broken, options);
    expect(gap).not.toContain('NaN');
    expect(corners(gap, lightTheme.trainLoss)).toHaveLength(3);
  });

  it('draws the training loss alone where nothing is validated', () => {
    const alone = draw(
      points.map(({ epoch, trainLoss }) => ({ epoch, trainLoss })),
      options,
    );
    expect(corners(alone, lightTheme.trainLoss)).toHaveLength(3);
    expect(corners(alone, lightTheme.validationLoss)).toEqual([]);
    expect(alone).not.toMatch(/NaN|undefined/);
  });

  it('ends the loss axis above a diverging loss', () => {
    expect(texts(draw([{ ...points[0]!, validationLoss: 61 }], options))).toContain('75');
  });

  it('has empty axes before the first value, and gives the room of a title to the curves', () => {
    const empty = draw([], { epochs: 3 });
    expect(texts(empty)).toEqual(expect.arrayContaining(['epoch', 'loss', 'train loss ']));
    const bare = draw(points, { epochs: 10 });
    expect(texts(bare)).not.toContain('recipe quick');
    expect(corners(bare, lightTheme.trainLoss)).toEqual(
      points.map(({ epoch, trainLoss }) => place(epoch, trainLoss, 20)),
    );
  });

  it('keeps the names of the curves while their values change', () => {
    const namesOf = (given: CurvePoint[]) =>
      [curvesOption(given, options).series].flat().map((series) => series!.name);
    expect(namesOf(points)).toEqual(namesOf([]));
  });
});

describe('the themes', () => {
  /** WCAG 2.2: relative luminance, and the ratio of two. */
  const luminance = (color: string) => {
    const [r, g, b] = [1, 3, 5]
      .map((i) => Number.parseInt(color.slice(i, i + 2), 16) / 255)
      .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const contrast = (a: string, b: string) => {
    const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y);
    return (high! + 0.05) / (low! + 0.05);
  };

  it.each<[string, CurvesTheme]>([
    ['light', lightTheme],
    ['dark', darkTheme],
  ])('%s can be read: text has a contrast of 4.5, curves of 3, and is what is drawn', (_, theme) => {
    for (const name of ['ink', 'faint'] as const)
      expect(contrast(theme[name], theme.background), name).toBeGreaterThan(4.5);
    for (const name of ['trainLoss', 'validationLoss', 'validationAccuracy'] as const)
      expect(contrast(theme[name], theme.background), name).toBeGreaterThan(3);
    const svg = draw(points, { ...options, theme });
    for (const [name, value] of Object.entries(theme)) {
      if (name !== 'fontFamily') expect(svg, name).toContain(value);
    }
  });
});
