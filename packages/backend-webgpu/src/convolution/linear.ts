import type { WebgpuKernel } from '../kernel.js';
import { convolve } from './forward.js';
import { convolutionShape } from './shape.js';

/** A 1x1 convolution of pictures of one pixel. */
export const linear: WebgpuKernel<'residual/linear'> = {
  kernelName: 'residual/linear',
  kernelFunc({ inputs: { x, weight, bias }, backend }) {
    const [pictures, channels] = x.shape;
    const outputs = weight.shape[1];
    const y = backend.output([pictures, outputs]);
    const shape = convolutionShape(
      [pictures, 1, 1, channels],
      [1, 1, channels, outputs],
      [pictures, 1, 1, outputs],
      { stride: [1, 1], padding: [0, 0], groups: 1 },
    );
    convolve(backend, shape, { x, filter: weight, bias, y });
    return y;
  },
};
