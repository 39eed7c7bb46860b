import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdKernel } from '../kernel.js';
import { float } from '../memory.js';

/** Words of a row of the table that assembly/optimizer.ts reads. */
const ROW = 9;

/** A step of stochastic gradient descent of all parameters: each value is read once and written once. */
export const sgdUpdate: SimdKernel<'residual/sgdUpdate'> = {
  kernelName: 'residual/sgdUpdate',
  kernelFunc({ inputs, attrs, backend }) {
    const { count, step, learningRate, momentum, nesterov, weightDecay, clipNorm, averageDecay } = attrs;
    const tensors = Object.values(inputs);
    const take = (part: number) => tensors.slice(part * count, (part + 1) * count);
    const parameters = take(0);
    const gradients = take(1);
    const velocities = momentum === 0 ? [] : take(2);
    const averages = averageDecay === undefined ? [] : take(momentum === 0 ? 2 : 3);
    const [gradientNorm, firstNonFiniteStep] = tensors.slice(-2) as [TensorInfo, TensorInfo];

    const alike = (list: TensorInfo[]) => list.map(({ shape }) => backend.output(shape));
    const newParameters = alike(parameters);
    const newVelocities = alike(velocities);
    const newAverages = alike(averages);
    const newFirstNonFiniteStep = backend.output([], 'int32');

    const table = backend.scratch(4 * ROW * count);
    const pointer = (info: TensorInfo | undefined) => (info === undefined ? 0 : backend.pointer(info));
    for (let i = 0; i < count; i++) {
      const row = table / 4 + i * ROW;
      const pointers = [
        pointer(parameters[i]),
        pointer(gradients[i]),
        pointer(velocities[i]),
        pointer(averages[i]),
        newParameters[i]!.pointer,
        newVelocities[i]?.pointer ?? 0,
        newAverages[i]?.pointer ?? 0,
      ];
      backend.words.set([...pointers, util.sizeFromShape(parameters[i]!.shape)], row);
      backend.floats[row + ROW - 1] = weightDecay[i]!;
    }
    backend.run(
      'sgdUpdate',
      table,
      count,
      backend.pointer(gradientNorm),
      backend.pointer(firstNonFiniteStep),
      newFirstNonFiniteStep.pointer,
      step,
      float(learningRate),
      float(momentum),
      nesterov ? 1 : 0,
      float(clipNorm),
      float(averageDecay ?? 0),
    );
    return [...newParameters, ...newVelocities, ...newAverages, newFirstNonFiniteStep].map(
      ({ info }) => info,
    );
  },
};
