import type { SimdKernel } from '../kernel.js';
import { rowsOf } from './rows.js';

/** The sum of each channel of x [..., C]: x is read once, or not at all where it came out of a batch normalisation's gradient. */
export const channelSum: SimdKernel<'residual/channelSum'> = {
  kernelName: 'residual/channelSum',
  kernelFunc({ inputs: { x }, backend }) {
    const { rows, channels, chunkRows, chunks, size } = rowsOf(x);
    const sum = backend.output([channels]);
    const known = backend.remembered(x, 'channelSums', channels);
    if (known !== undefined) {
      backend.copy(known, sum.pointer, channels);
      return [sum.info];
    }
    const partials = backend.scratch(4 * chunks * channels);
    backend.run(
      { kernel: 'channelSums', work: 2 * size },
      backend.pointer(x),
      partials,
      rows,
      channels,
      chunkRows,
      chunks,
    );
    backend.run(
      { kernel: 'channelSumFinish', work: 2 * chunks * channels },
      partials,
      sum.pointer,
      channels,
      chunks,
    );
    return [sum.info];
  },
};
