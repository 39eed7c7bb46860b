import { type ResizeCoefficients, resizeCoefficients } from '@residual/resample';
import type { SimdBackend } from '../backend.js';
import type { SimdKernel } from '../kernel.js';

/** Pillow's bilinear resize: x is read once, y written once; what lies between stays in the cache. */
export const resizeBilinear: SimdKernel<'residual/resizeBilinear'> = {
  kernelName: 'residual/resizeBilinear',
  kernelFunc({ inputs: { x }, attrs: { size }, backend }) {
    const [batch, height, width, channels] = x.shape;
    const [newHeight, newWidth] = size;
    const y = backend.output([batch, newHeight, newWidth, channels], 'int32');
    const along = resizeCoefficients(width, newWidth);
    const down = resizeCoefficients(height, newHeight);
    backend.run(
      { kernel: 'resizeBilinear', work: 8 * batch * (height + newHeight) * newWidth * channels },
      backend.pointer(x),
      y.pointer,
      backend.scratch(4 * backend.threads * height * newWidth * channels),
      batch,
      height,
      width,
      channels,
      newHeight,
      newWidth,
      along.taps,
      ...writeCoefficients(backend, along),
      down.taps,
      ...writeCoefficients(backend, down),
    );
    return [y.info];
  },
};

/** Puts the first positions and the coefficients into memory; returns the two pointers. */
function writeCoefficients(
  backend: SimdBackend,
  { first, coefficients }: ResizeCoefficients,
): [number, number] {
  const pointer = backend.scratch(4 * (first.length + coefficients.length));
  backend.words.set(first, pointer / 4);
  backend.words.set(coefficients, pointer / 4 + first.length);
  return [pointer, pointer + 4 * first.length];
}

/** (x / 255 - mean) / standardDeviation of each channel: x is read once, y written once. */
export const pictureToFloat: SimdKernel<'residual/pictureToFloat'> = {
  kernelName: 'residual/pictureToFloat',
  kernelFunc({ inputs: { x }, attrs: { mean, standardDeviation }, backend }) {
    const [batch, height, width, channels] = x.shape;
    const pixels = batch * height * width;
    const y = backend.output(x.shape);
    // Four pixels' worth, so that a vector of 4 values finds its channels' numbers whatever their count.
    const means = backend.scratch(16 * channels);
    const deviations = backend.scratch(16 * channels);
    for (let i = 0; i < 4; i++) {
      backend.floats.set(mean, means / 4 + i * channels);
      backend.floats.set(standardDeviation, deviations / 4 + i * channels);
    }
    backend.run(
      { kernel: 'pictureToFloat', work: 4 * pixels * channels },
      backend.pointer(x),
      y.pointer,
      means,
      deviations,
      pixels,
      channels,
    );
    return [y.info];
  },
};
