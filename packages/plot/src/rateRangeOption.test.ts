import { LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { expect, it } from 'vitest';
import { rateRangeOption } from './rateRangeOption.js';
import { lightTheme } from './theme.js';

use([LineChart, GridComponent, LegendComponent, TitleComponent, SVGRenderer]);

const points = Array.from({ length: 7 }, (_, i) => ({
  learningRate: 10 ** (i - 6),
  loss: i === 6 ? 100 : 2.4 - 0.2 * i,
  smoothed: 2.4 - 0.2 * i,
}));

function draw(suggestion: number | null): string {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width: 700, height: 420 });
  chart.setOption(rateRangeOption(points, { suggestion, title: 'rates' }));
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);

it('draws losses over rates on a logarithmic axis, with a mark at the suggestion', () => {
  const svg = draw(1e-3);
  expect(texts(svg)).toEqual(
    expect.arrayContaining([
      'rates',
      'learning rate',
      'loss',
      'smoothed',
      'suggestion 0.0010',
      '2.5',
      '0.001',
      '1',
    ]),
  );
  const path = [...svg.matchAll(/<path d="([^"]*)" fill="none"[^>]* stroke="([^"]*)"/g)].find(
    ([, , color]) => color === lightTheme.validationLoss,
  )![1]!;
  const numbers = path.match(/[\d.]+/g)!.map(Number);
  const x = Array.from({ length: 7 }, (_, i) => numbers[2 * i]!);
  x.forEach((at, i) => {
    expect(at).toBeCloseTo(62 + (i / 6) * (700 - 2 * 62), 0);
  });
});

it('says so where there is no suggestion', () => {
  expect(texts(draw(null))).toContain('no suggestion');
});
