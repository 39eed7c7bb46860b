import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';
import type { WebgpuKernel } from '../kernel.js';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import type { Shader } from '../shader.js';
import channels from './channels.wgsl';
import { divide, divisionParameters } from './division.js';
import { forwardStatistics } from './forwardOffset.js';
import gradientApply from './gradientApply.wgsl';
import gradientSums from './gradientSums.wgsl';
import gradientTerms from './gradientTerms.wgsl';

const sumsShader = {
  name: 'batchNormGradientSums',
  code: [channels, gradientTerms, gradientSums, eachWorkgroup],
  inputs: {
    ...{ dy: 'f32', y: 'stored', x: 'stored', mean: 'f32', spread: 'f32' },
    ...{ scale: 'f32', statistics: 'f32' },
  },
  outputs: { dAddend: 'f32', partials: 'f32' },
  parameters: { ...divisionParameters, channelStep: 'u32', epsilon: 'f32' },
} satisfies Shader;

const applyShader = {
  name: 'batchNormGradientApply',
  code: [channels, gradientTerms, gradientApply, eachWorkgroup],
  inputs: {
    ...{ dy: 'f32', y: 'stored', x: 'stored', mean: 'f32', spread: 'f32' },
    ...{ scale: 'f32', statistics: 'f32', partials: 'f32' },
  },
  outputs: { dx: 'f32', sums: 'f32' },
  parameters: { ...divisionParameters, channelStep: 'u32', epsilon: 'f32' },
} satisfies Shader;

const ABSENT = { y: undefined, scale: undefined, statistics: undefined };

interface GradientInputs {
  dy: TensorInfo;
  x: TensorInfo;
  scale: TensorInfo;
  mean: TensorInfo;
  /** 1 / deviation in training, the variance in inference. */
  spread: TensorInfo;
  /** There exactly when the activation is ReLU. */
  y?: TensorInfo;
}

/** Two passes over x and dy. Returns dx, dScale, dOffset and, where there is an addend, its gradient. */
export function runBatchNormGradient(
  backend: TrainingBackend,
  { dy, x, scale, mean, spread, y }: GradientInputs,
  options: { hasAddend: boolean; inference: boolean; epsilon: number },
): TensorInfo[] {
  const { width, ...parameters } = divide(x);
  const { epsilon, inference, hasAddend } = options;
  const dx = backend.output(x.shape);
  const { infos: sums, whole } = backend.slices([scale, scale]);
  const channelStep = backend.layOut([parameters.channels, 1]).offsets[1]!;
  const dAddend = hasAddend ? addendGradient(backend, dy, y) : undefined;
  const written = y === undefined ? undefined : dAddend;
  const statistics = y && forwardStatistics(backend, mean);
  const first = statistics === undefined ? { dy, y } : { dy, statistics, scale };
  // With the addend's gradient in memory the second pass needs neither dy nor y.
  const second = written === undefined ? first : { dy: written };
  const common = { x, mean, spread };
  const constants = { CHANNELS: width, INFERENCE: inference, FROM_X: statistics !== undefined };
  backend.scratch(8 * parameters.parts * parameters.channels, (partials) => {
    backend.dispatch(sumsShader, {
      tensors: { ...ABSENT, ...first, ...common, dAddend: written, partials },
      parameters: { ...parameters, channelStep, epsilon },
      constants: { ...constants, RELU: y !== undefined, WRITES_ADDEND: written !== undefined },
      workgroups: parameters.parts * parameters.channelTiles,
    });
    backend.dispatch(applyShader, {
      tensors: { ...ABSENT, ...second, ...common, scale, partials, dx, sums: whole },
      parameters: { ...parameters, channelStep, epsilon },
      constants: { ...constants, RELU: y !== undefined && written === undefined },
      workgroups: parameters.blocks * parameters.channelTiles,
    });
  });
  return [dx, ...sums, ...(dAddend === undefined ? [] : [dAddend])];
}

export const batchNormGradient: WebgpuKernel<'residual/batchNormGradient'> = {
  kernelName: 'residual/batchNormGradient',
  kernelFunc: ({ inputs: { inverseStandardDeviation: spread, ...inputs }, attrs: { hasAddend }, backend }) =>
    runBatchNormGradient(backend, { ...inputs, spread }, { hasAddend, inference: false, epsilon: 0 }),
};

/** A tensor to write, or without an activation dy itself once more. */
function addendGradient(backend: TrainingBackend, dy: TensorInfo, y: TensorInfo | undefined): TensorInfo {
  if (y !== undefined) return backend.output(dy.shape);
  backend.incRef(dy.dataId);
  return { dataId: dy.dataId, shape: dy.shape, dtype: dy.dtype };
}
