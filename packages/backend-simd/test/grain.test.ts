import { describe, expect, it } from 'vitest';
import { convolutionAlgorithm, SQUARE_SIZE } from '../src/convolution/algorithm.js';
import { planFilterGradient } from '../src/convolution/filterGradientPlan.js';
import { type ConvolutionShape, convolutionShape } from '../src/convolution/shape.js';
import { windowView } from '../src/convolution/windows.js';
import { planWinograd } from '../src/convolution/winograd.js';
import { planWinogradFilterGradient } from '../src/convolution/winogradFilterGradient.js';
import { chooseBlocks } from '../src/matrix/gemmBlocks.js';

type Layer = [x: [number, number, number, number], taps: number, outputs: number, stride: number];

// One of each kind of layer of ResNet-20, the chapter's ResNet-18 and ResNet-50, with the batches of docs/performance.md.
const layers: Layer[] = [
  [[128, 28, 28, 16], 3, 16, 1],
  [[128, 28, 28, 16], 3, 32, 2],
  [[128, 14, 14, 32], 3, 32, 1],
  [[128, 7, 7, 64], 3, 64, 1],
  [[128, 96, 96, 1], 7, 64, 2],
  [[128, 24, 24, 64], 3, 64, 1],
  [[128, 12, 12, 128], 3, 128, 1],
  [[128, 12, 12, 128], 3, 256, 2],
  [[128, 6, 6, 256], 3, 256, 1],
  [[128, 3, 3, 512], 3, 512, 1],
  [[16, 224, 224, 3], 7, 64, 2],
  [[16, 56, 56, 64], 1, 64, 1],
  [[16, 56, 56, 64], 1, 256, 1],
  [[16, 56, 56, 256], 1, 64, 1],
  [[16, 56, 56, 64], 3, 64, 1],
  [[16, 28, 28, 512], 1, 1024, 2],
  [[16, 14, 14, 256], 1, 1024, 1],
  [[16, 14, 14, 1024], 1, 256, 1],
  [[16, 14, 14, 256], 3, 256, 1],
  [[16, 7, 7, 512], 3, 512, 1],
  [[16, 7, 7, 2048], 1, 512, 1],
];

describe.each(layers)('%j, %ix%i taps to %i channels, stride %i', (x, taps, outputs, stride) => {
  const padding = (taps - 1) >> 1;
  const shape = convolutionShape(x, [taps, taps, x[3], outputs], {
    ...{ stride: [stride, stride], padding: [padding, padding], groups: 1 },
  });

  it.each(['forward', 'filterGradient'] as const)(
    '%s: 2 to 16 threads are busy for two thirds of the time or more',
    (direction) => {
      for (const threads of [2, 4, 8, 16]) {
        const items = itemsOf(shape, direction, threads);
        const rounds = Math.ceil(items / threads);
        expect(items / (rounds * threads), `${items} items for ${threads} threads`).toBeGreaterThanOrEqual(
          2 / 3,
        );
      }
    },
  );

  it('64 threads find something to do', () => {
    expect(itemsOf(shape, 'forward', 64)).toBeGreaterThanOrEqual(64);
    // The sum of a filter gradient of few channels is cut into few chunks, however many threads there are.
    if (x[3] >= 128) expect(itemsOf(shape, 'filterGradient', 64)).toBeGreaterThanOrEqual(64);
  });
});

/** Into how many items of work, all about as large, a convolution or its filter gradient is cut. */
function itemsOf(shape: ConvolutionShape, direction: 'forward' | 'filterGradient', threads: number): number {
  const algorithm = convolutionAlgorithm(shape, direction);
  const panels = Math.ceil(shape.outputs / 16);
  const view = windowView({
    ...{ pointer: 0, ...shape, channels: shape.pixel, top: -shape.padding[0], left: -shape.padding[1] },
  });
  if (algorithm === 'direct') {
    if (direction === 'filterGradient')
      return planFilterGradient(shape, { inPlace: view.window === undefined, threads }).items;
    const { blockImages, blockRows, parts } = chooseBlocks(view, panels, threads);
    return Math.ceil(shape.images / blockImages) * Math.ceil(shape.rows / blockRows) * parts;
  }
  const size = SQUARE_SIZE[algorithm];
  return direction === 'filterGradient'
    ? planWinogradFilterGradient(shape, size, threads).items
    : planWinograd({ ...shape, size, channels: shape.pixel }, 16, threads).items;
}
