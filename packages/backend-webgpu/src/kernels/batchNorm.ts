import type { TensorInfo } from '@tensorflow/tfjs-core';
import channels from '../batchNorm/channels.wgsl';
import { divide, divisionParameters } from '../batchNorm/division.js';
import moments from '../batchNorm/moments.wgsl';
import normalise from '../batchNorm/normalise.wgsl';
import statistics from '../batchNorm/statistics.wgsl';
import type { WebgpuKernel } from '../kernel.js';
import numbers from '../numbers/numbers.wgsl';
import type { Shader } from '../shader.js';

const statisticsShader = {
  name: 'batchNormStatistics',
  code: [channels, moments, statistics],
  inputs: { x: 'f32' },
  outputs: { partials: 'f32' },
  parameters: divisionParameters,
} satisfies Shader;

const normaliseShader = {
  name: 'batchNormNormalise',
  code: [numbers, channels, moments, normalise],
  inputs: {
    ...{ x: 'f32', partials: 'f32', scale: 'f32', offset: 'f32' },
    ...{ runningMean: 'f32', runningVariance: 'f32', addend: 'f32' },
  },
  outputs: { y: 'f32', statistics: 'f32' },
  parameters: { ...divisionParameters, statisticsStep: 'u32', momentum: 'f32', epsilon: 'f32' },
} satisfies Shader;

interface Inputs {
  x: TensorInfo;
  scale: TensorInfo;
  offset: TensorInfo;
  runningMean: TensorInfo;
  runningVariance: TensorInfo;
  addend?: TensorInfo;
}

/** Two passes over x: its statistics, then y with addend and activation. */
export const batchNorm: WebgpuKernel<Inputs, { momentum: number; epsilon: number; activation: string }> = {
  kernelName: 'residual/batchNorm',
  kernelFunc({ inputs, attrs: { momentum, epsilon, activation }, backend }) {
    const { x, scale, offset, runningMean, runningVariance, addend } = inputs;
    const { width, ...parameters } = divide(x);
    const y = backend.output(x.shape);
    const { infos, whole } = backend.slices([scale, scale, scale, scale]);
    const statisticsStep = backend.layOut([parameters.channels, 1]).offsets[1]!;
    backend.scratch(8 * parameters.parts * parameters.channels, (partials) => {
      backend.dispatch(statisticsShader, {
        tensors: { x, partials },
        parameters,
        constants: { CHANNELS: width },
        workgroups: parameters.parts * parameters.channelTiles,
      });
      backend.dispatch(normaliseShader, {
        tensors: { x, partials, scale, offset, runningMean, runningVariance, addend, y, statistics: whole },
        parameters: { ...parameters, statisticsStep, momentum, epsilon },
        constants: { CHANNELS: width, HAS_ADDEND: addend !== undefined, RELU: activation === 'relu' },
        workgroups: parameters.blocks * parameters.channelTiles,
      });
    });
    return [y, ...infos];
  },
};
