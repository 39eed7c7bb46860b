import type { WebgpuKernel } from '../kernel.js';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import numbers from '../numbers/numbers.wgsl';
import type { Shader } from '../shader.js';
import channels from './channels.wgsl';
import { divide, divisionParameters } from './division.js';
import { offsetFollows } from './forwardOffset.js';
import moments from './moments.wgsl';
import normalize from './normalize.wgsl';
import statistics from './statistics.wgsl';

const statisticsShader = {
  name: 'batchNormStatistics',
  code: [channels, moments, statistics, eachWorkgroup],
  inputs: { x: 'stored' },
  outputs: { partials: 'f32' },
  parameters: divisionParameters,
} satisfies Shader;

const normalizeShader = {
  name: 'batchNormNormalize',
  code: [numbers, channels, moments, normalize, eachWorkgroup],
  inputs: {
    ...{ x: 'stored', partials: 'f32', scale: 'f32', offset: 'f32' },
    ...{ runningMean: 'f32', runningVariance: 'f32', addend: 'stored' },
  },
  outputs: { y: 'stored', statistics: 'f32' },
  parameters: { ...divisionParameters, statisticsStep: 'u32', momentum: 'f32', epsilon: 'f32' },
} satisfies Shader;

/** Two passes over x: its statistics, then y with addend and activation. */
export const batchNorm: WebgpuKernel<'residual/batchNorm'> = {
  kernelName: 'residual/batchNorm',
  kernelFunc({ inputs, attrs: { momentum, epsilon, activation }, backend }) {
    const { x, scale, offset, runningMean, runningVariance, addend } = inputs;
    const { width, ...parameters } = divide(x);
    const y = backend.activation(x.shape);
    const { infos, whole } = backend.slices([scale, scale, scale, scale, scale]);
    const statisticsStep = backend.layOut([parameters.channels, 1]).offsets[1]!;
    // The last is no result: backward finds the offset there, which the optimiser may have changed by then.
    backend.disposeData(infos.pop()!.dataId);
    if (addend === undefined) offsetFollows(infos[0]!);
    backend.scratch(8 * parameters.parts * parameters.channels, (partials) => {
      backend.dispatch(statisticsShader, {
        tensors: { x, partials },
        parameters,
        constants: { CHANNELS: width },
        workgroups: parameters.parts * parameters.channelTiles,
      });
      backend.dispatch(normalizeShader, {
        tensors: { x, partials, scale, offset, runningMean, runningVariance, addend, y, statistics: whole },
        parameters: { ...parameters, statisticsStep, momentum, epsilon },
        constants: { CHANNELS: width, HAS_ADDEND: addend !== undefined, RELU: activation === 'relu' },
        workgroups: parameters.blocks * parameters.channelTiles,
      });
    });
    return [y, ...infos];
  },
};
