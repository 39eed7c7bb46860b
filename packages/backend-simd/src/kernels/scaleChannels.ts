import type { SimdKernel } from '../kernel.js';
import { rowsOf } from './rows.js';

/** Channels times their gates, with an addition and a ReLU: x is read once, y written once. */
export const scaleChannels: SimdKernel<'residual/scaleChannels'> = {
  kernelName: 'residual/scaleChannels',
  kernelFunc({ inputs: { x, gate, addend }, attrs: { activation }, backend }) {
    const [batch, height, width, channels] = x.shape;
    const y = backend.output(x.shape);
    backend.run(
      { kernel: 'scaleChannels', work: 3 * batch * height * width * channels },
      backend.pointer(x),
      backend.pointer(gate),
      addend === undefined ? 0 : backend.pointer(addend),
      y.pointer,
      batch,
      height * width,
      channels,
      activation === 'relu' ? 1 : 0,
    );
    return [y.info];
  },
};

/** dy, x and y are read once; dx and, behind a ReLU, the addend's gradient are written once. */
export const scaleChannelsGradient: SimdKernel<'residual/scaleChannelsGradient'> = {
  kernelName: 'residual/scaleChannelsGradient',
  kernelFunc({ inputs: { dy, x, gate, y }, attrs: { hasAddend }, backend }) {
    const [batch, ...picture] = x.shape;
    const { rows, channels, chunkRows, chunks, size } = rowsOf({ ...x, shape: picture });
    const dx = backend.output(x.shape);
    const dGate = backend.output([batch, channels]);
    const dAddend = hasAddend && y !== undefined ? backend.output(x.shape) : undefined;
    const partials = chunks === 1 ? dGate.pointer : backend.scratch(4 * batch * chunks * channels);
    // dy is a sum where the block's output went two ways.
    const formula = dAddend === undefined ? undefined : backend.formula(dy);
    const sum = formula?.kind === 'sum' ? formula : undefined;
    backend.run(
      { kernel: 'scaleChannelsGradient', work: 4 * batch * size },
      sum?.a ?? backend.pointer(dy),
      sum?.b ?? 0,
      backend.pointer(x),
      backend.pointer(gate),
      y === undefined ? 0 : backend.pointer(y),
      dx.pointer,
      dAddend?.pointer ?? 0,
      partials,
      batch,
      rows,
      channels,
      chunkRows,
      chunks,
    );
    if (chunks > 1) {
      backend.run(
        { kernel: 'pictureSums', work: batch * chunks * channels },
        partials,
        dGate.pointer,
        batch,
        chunks,
        channels,
      );
    }
    const gradients = [dx.info, dGate.info];
    if (!hasAddend) return gradients;
    if (dAddend !== undefined) return [...gradients, dAddend.info];
    backend.incRef(dy.dataId);
    return [...gradients, { dataId: dy.dataId, shape: x.shape, dtype: 'float32' }];
  },
};
