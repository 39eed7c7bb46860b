import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { WebgpuKernel } from '../kernel.js';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import numbers from '../numbers/numbers.wgsl';
import type { Shader } from '../shader.js';
import { gatheredGradients } from './gatheredGradients.js';
import { gathered } from './gatherTensors.js';
import sgd from './sgd.wgsl';
import { tableOf } from './table.js';
import tensorAt from './tensorAt.wgsl';

const shader = {
  name: 'sgdUpdate',
  code: [numbers, tensorAt, sgd, eachWorkgroup],
  inputs: {
    ...{ oldParameters: 'f32', gradients: 'f32', oldVelocities: 'f32', oldAverages: 'f32' },
    ...{ table: 'u32', state: 'i32' },
  },
  outputs: { newParameters: 'u32', newVelocities: 'f32', newAverages: 'f32' },
  parameters: {
    ...{ tensors: 'u32', size: 'u32', step: 'i32', learningRate: 'f32', momentum: 'f32' },
    ...{ clipNorm: 'f32', averageDecay: 'f32' },
  },
} satisfies Shader;

/** All parameters in one dispatch: results of one step share a buffer, which the next step finds in order. */
export const sgdUpdate: WebgpuKernel<'residual/sgdUpdate'> = {
  kernelName: 'residual/sgdUpdate',
  kernelFunc({ inputs, attrs, backend }) {
    const { count, step, learningRate, momentum, nesterov, weightDecay, clipNorm, averageDecay } = attrs;
    const tensors = Object.values(inputs);
    const take = (part: number) => tensors.slice(part * count, (part + 1) * count);
    const hasAverages = averageDecay !== undefined;
    const parameters = take(0);
    const velocities = momentum === 0 ? undefined : take(2);
    const averages = hasAverages ? take(momentum === 0 ? 2 : 3) : undefined;
    const [gradientNorm, firstNonFiniteStep] = tensors.slice(-2) as [TensorInfo, TensorInfo];

    const newParameters = backend.slices([...parameters, { shape: [], dtype: 'int32' }]);
    const newVelocities = velocities && backend.slices(parameters);
    const newAverages = averages && backend.slices(parameters);
    const { table, size } = tableOf(backend, parameters, weightDecay);
    const optional = <T>(list: TensorInfo[] | undefined, use: (buffer: GPUBuffer | undefined) => T): T =>
      list === undefined ? use(undefined) : gathered(backend, list, use);

    backend.scratch(8, (state) => {
      backend.copy(backend.place(gradientNorm), { buffer: state, offset: 0 }, 4);
      backend.copy(backend.place(firstNonFiniteStep), { buffer: state, offset: 4 }, 4);
      gathered(backend, parameters, (oldParameters) =>
        optional(velocities, (oldVelocities) =>
          optional(averages, (oldAverages) =>
            backend.dispatch(shader, {
              tensors: {
                ...{ oldParameters, oldVelocities, oldAverages, table, state },
                gradients: gatheredGradients(backend).of(take(1)),
                newParameters: newParameters.whole,
                newVelocities: newVelocities?.whole,
                newAverages: newAverages?.whole,
              },
              parameters: {
                ...{ tensors: count, size, step, learningRate, momentum, clipNorm },
                averageDecay: averageDecay ?? 0,
              },
              constants: {
                HAS_MOMENTUM: velocities !== undefined,
                HAS_AVERAGES: hasAverages,
                NESTEROV: nesterov,
              },
              workgroups: Math.ceil(size / 256),
              changing: true,
            }),
          ),
        ),
      );
    });
    return [
      ...newParameters.infos.slice(0, count),
      ...(newVelocities?.infos ?? []),
      ...(newAverages?.infos ?? []),
      newParameters.infos[count]!,
    ];
  },
};
