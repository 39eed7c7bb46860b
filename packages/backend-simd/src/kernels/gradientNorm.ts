import { util } from '@tensorflow/tfjs-core';
import type { SimdKernel } from '../kernel.js';

/** Values that one thread sums at a time; a constant, as it decides how the sum is rounded. */
const BLOCK = 16 * 1024;

/** The length of all gradients as one vector, summed in float64: each is read once. */
export const gradientNorm: SimdKernel<'residual/gradientNorm'> = {
  kernelName: 'residual/gradientNorm',
  kernelFunc({ inputs, backend }) {
    const gradients = Object.values(inputs);
    const lengths = gradients.map(({ shape }) => util.sizeFromShape(shape));
    const blocks = lengths.reduce((sum, length) => sum + Math.ceil(length / BLOCK), 0);
    const norm = backend.output([]);
    const partials = backend.scratch(8 * blocks);
    const table = backend.scratch(8 * gradients.length);
    const rows = gradients.flatMap((gradient, i) => [backend.pointer(gradient), lengths[i]!]);
    backend.words.set(rows, table / 4);
    backend.run(
      { kernel: 'squareSums', work: 4 * lengths.reduce((sum, length) => sum + length, 0) },
      table,
      gradients.length,
      partials,
      BLOCK,
    );
    backend.run({ kernel: 'squareRootOfSum', work: blocks }, partials, blocks, norm.pointer);
    return [norm.info];
  },
};
