import { promisedSums } from '../convolution/promisedSums.js';
import type { Bindable } from '../dispatch.js';
import type { WebgpuKernel } from '../kernel.js';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import type { Shader } from '../shader.js';
import channelSumText from './channelSum.wgsl';
import channels from './channels.wgsl';
import { divide } from './division.js';

const shader = {
  name: 'channelSum',
  code: [channels, channelSumText, eachWorkgroup],
  inputs: { x: 'f32' },
  outputs: { partials: 'f32' },
  parameters: { rows: 'u32', channels: 'u32', channelTiles: 'u32', parts: 'u32', rowsPerPart: 'u32' },
} satisfies Shader;

/** What a convolution's gradient has summed already, else two passes. */
export const channelSum: WebgpuKernel<'residual/channelSum'> = {
  kernelName: 'residual/channelSum',
  kernelFunc({ inputs: { x }, backend }) {
    const size = x.shape[x.shape.length - 1]!;
    const known = promisedSums(backend).take(x);
    if (known !== undefined) return backend.adopt(known, [size]);

    const sum = backend.output([size]);
    const { width, ...division } = divide(x);
    const run = (values: Bindable, partials: Bindable, rows: number, parts: number, rowsPerPart: number) =>
      backend.dispatch(shader, {
        tensors: { x: values, partials },
        parameters: { rows, channels: size, channelTiles: division.channelTiles, parts, rowsPerPart },
        constants: { CHANNELS: width },
        workgroups: parts * division.channelTiles,
      });
    const { rows, parts, rowsPerPart } = division;
    if (parts === 1) run(x, sum, rows, 1, rows);
    else {
      backend.scratch(4 * parts * size, (partials) => {
        run(x, partials, rows, parts, rowsPerPart);
        run(partials, sum, parts, 1, parts);
      });
    }
    return sum;
  },
};
