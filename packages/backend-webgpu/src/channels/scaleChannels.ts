import { util } from '@tensorflow/tfjs-core';
import channels from '../batchNorm/channels.wgsl';
import { divide } from '../batchNorm/division.js';
import type { Bindable } from '../dispatch.js';
import type { WebgpuKernel } from '../kernel.js';
import eachElement from '../main/eachElement.wgsl';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import numbers from '../numbers/numbers.wgsl';
import { type Shader, unsigned } from '../shader.js';
import pictureSums from './pictureSums.wgsl';
import scaleChannelsText from './scaleChannels.wgsl';
import gradientText from './scaleChannelsGradient.wgsl';

const shader = {
  name: 'scaleChannels',
  code: [numbers, scaleChannelsText, eachElement],
  inputs: { x: 'stored', gate: 'f32', addend: 'stored' },
  outputs: { y: 'stored' },
  parameters: unsigned('size', 'channels', 'positions'),
} satisfies Shader;

const gradientShader = {
  name: 'scaleChannelsGradient',
  code: [channels, gradientText, eachWorkgroup],
  inputs: { dy: 'f32', x: 'stored', gate: 'f32', y: 'stored' },
  outputs: { dx: 'f32', dAddend: 'f32', partials: 'f32' },
  parameters: unsigned(
    ...(['positions', 'channels', 'channelTiles'] as const),
    ...(['parts', 'partsPerPicture', 'positionsPerPart'] as const),
  ),
} satisfies Shader;

const sumsShader = {
  name: 'pictureSums',
  code: [pictureSums, eachElement],
  inputs: { partials: 'f32' },
  outputs: { sums: 'f32' },
  parameters: unsigned('size', 'channels', 'partsPerPicture'),
} satisfies Shader;

export const scaleChannels: WebgpuKernel<'residual/scaleChannels'> = {
  kernelName: 'residual/scaleChannels',
  kernelFunc({ inputs: { x, gate, addend }, attrs: { activation }, backend }) {
    const [, height, width, channels] = x.shape;
    const y = backend.activation(x.shape);
    const size = util.sizeFromShape(x.shape);
    backend.dispatch(shader, {
      tensors: { x, gate, addend, y },
      parameters: { size, channels, positions: height * width },
      constants: { HAS_ADDEND: addend !== undefined, RELU: activation === 'relu' },
      workgroups: Math.ceil(size / 256),
    });
    return y;
  },
};

/** One pass over dy, x and y. */
export const scaleChannelsGradient: WebgpuKernel<'residual/scaleChannelsGradient'> = {
  kernelName: 'residual/scaleChannelsGradient',
  kernelFunc({ inputs: { dy, x, gate, y }, attrs: { hasAddend }, backend }) {
    const [pictures, ...picture] = x.shape;
    const { rows: positions, channels, width, channelTiles, ...division } = divide({ ...x, shape: picture });
    const { parts: partsPerPicture, rowsPerPart: positionsPerPart } = division;
    const dx = backend.output(x.shape);
    const dGate = backend.output([pictures, channels]);
    const dAddend = hasAddend && y !== undefined ? backend.output(x.shape) : undefined;
    const parts = pictures * partsPerPicture;
    const run = (partials: Bindable) =>
      backend.dispatch(gradientShader, {
        tensors: { dy, x, gate, y, dx, dAddend, partials },
        parameters: { positions, channels, channelTiles, parts, partsPerPicture, positionsPerPart },
        constants: { CHANNELS: width, RELU: y !== undefined, WRITES_ADDEND: dAddend !== undefined },
        workgroups: parts * channelTiles,
      });
    if (partsPerPicture === 1) run(dGate);
    else {
      backend.scratch(4 * parts * channels, (partials) => {
        run(partials);
        const size = pictures * channels;
        backend.dispatch(sumsShader, {
          tensors: { partials, sums: dGate },
          parameters: { size, channels, partsPerPicture },
          workgroups: Math.ceil(size / 256),
        });
      });
    }
    if (!hasAddend) return [dx, dGate];
    if (dAddend !== undefined) return [dx, dGate, dAddend];
    backend.incRef(dy.dataId);
    return [dx, dGate, { dataId: dy.dataId, shape: dy.shape, dtype: dy.dtype }];
  },
};
