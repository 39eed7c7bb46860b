import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { describe, expect, it } from 'vitest';
import { type ComparedRun, type ComparisonOptions, comparisonOption, runColors } from './comparisonOption.js';
import { darkTheme } from './theme.js';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

/** Of two epochs: the last ends at this accuracy. */
const run = (name: string, validationAccuracy: number | undefined): ComparedRun => ({
  name,
  history: [
    { epoch: 1, trainLoss: 0.9, validationAccuracy: 0.5 },
    { epoch: 2, trainLoss: 0.4, validationAccuracy },
  ],
});

function draw(runs: readonly ComparedRun[], options?: ComparisonOptions): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 980, height: 420 });
  chart.setOption(comparisonOption(runs, options));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
/** How many curves are drawn in a colour. */
const curves = (svg: string, color: string) =>
  [...svg.matchAll(/<path d="[^"]*L[^"]*" fill="none"[^>]* stroke="([^"]*)"/g)].filter((m) => m[1] === color)
    .length;

describe('comparisonOption', () => {
  it('draws the loss and the accuracy of each run, and tells once for each name the mean of where they end', () => {
    const svg = draw([run('plain', 0.7), run('residual', 0.8), run('residual', 0.9)], { title: 'both' });
    expect(texts(svg)).toEqual(
      expect.arrayContaining(['both', 'training loss', 'validation accuracy in %', '100', '50']),
    );
    expect(texts(svg).filter((text) => /plain|residual/.test(text))).toEqual([
      'plain 70.0 %',
      'residual 85.0 %',
    ]);
    // Two curves a run.
    expect(curves(svg, runColors.light[0])).toBe(2);
    expect(curves(svg, runColors.light[1])).toBe(4);
  });

  it('leaves a gap where there is no accuracy, says none of its mean, and begins again with the first colour', () => {
    const names = Array.from({ length: 8 }, (_, i) => run(`run${i}`, i === 0 ? undefined : 0.95));
    const svg = draw(names, { theme: darkTheme, colors: runColors.dark });
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(texts(svg)).toContain('run0');
    expect(curves(svg, runColors.dark[0])).toBeGreaterThan(curves(svg, runColors.dark[1]));
  });

  it('leaves the first of many epochs outside', () => {
    const history = [2.3, 0.9, 0.8, 0.7, 0.6, 0.5].map((trainLoss, i) => ({
      ...{ epoch: i + 1, trainLoss },
      validationAccuracy: i === 0 ? 0.1 : 0.8,
    }));
    const ends = (epochs: number) => {
      const { yAxis } = comparisonOption([{ name: 'one', history: history.slice(0, epochs) }]);
      return [yAxis].flat().map((axis) => [axis?.min, axis?.max]);
    };
    expect(ends(5)).toEqual([
      [0, 2.5],
      [0, 100],
    ]);
    expect(ends(6)).toEqual([
      [0, 1],
      [75, 100],
    ]);
  });

  it('has empty axes before the first epoch', () => {
    expect(texts(draw([{ name: 'one', history: [] }]))).toEqual(expect.arrayContaining(['epoch', 'one']));
  });
});
