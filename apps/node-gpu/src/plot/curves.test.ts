import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { CURVES_HEIGHT, CURVES_WIDTH, curvesSvg } from './curves.js';
import { svgToPng } from './png.js';

const options = { title: 'resnet20 on <Fashion-MNIST>', subtitle: 'recipe quick', epochs: 10 };
const points = [
  { epoch: 1, trainLoss: 0.9, validationLoss: 0.6, validationAccuracy: 0.8 },
  { epoch: 2, trainLoss: 0.5, validationLoss: 0.4, validationAccuracy: 0.85 },
  { epoch: 3, trainLoss: 0.3, validationLoss: 0.35, validationAccuracy: 0.9034 },
];
const COLOURS = { trainLoss: '#2266c8', validationLoss: '#b0369b', validationAccuracy: '#1d8348' };

/** What is written in the picture, in order. */
function texts(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]!);
}

describe('curvesSvg', () => {
  const svg = curvesSvg(points, options);

  it('names the axes, and the last values in the legend', () => {
    expect(svg).toContain('viewBox="0 0 700 420"');
    expect(texts(svg)).toEqual(
      expect.arrayContaining([
        'resnet20 on &lt;Fashion-MNIST&gt;',
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
});

describe('svgToPng', () => {
  it('draws all three curves, and the text without fonts of the system', async () => {
    const png = await svgToPng(curvesSvg(points, options));
    const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([2 * CURVES_WIDTH, 2 * CURVES_HEIGHT]);
    const counts = new Map<string, number>();
    for (let i = 0; i < data.length; i += 3) {
      const color = `#${data.subarray(i, i + 3).toString('hex')}`;
      counts.set(color, (counts.get(color) ?? 0) + 1);
    }
    for (const color of Object.values(COLOURS)) expect(counts.get(color), color).toBeGreaterThan(500);
    // Without a font the title's ink would be missing.
    expect(counts.get('#1f2933')).toBeGreaterThan(2000);
  });
});
