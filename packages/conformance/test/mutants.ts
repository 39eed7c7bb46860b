import type { KernelContract } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { ConformanceErrorCode } from '../src/index.js';

export type Kernel = (params: { inputs: tf.NamedTensorMap; attrs: tf.NamedAttrMap }) => tf.Tensor[];

const nudged = (tensor: tf.Tensor, share: number): tf.Tensor => {
  const values = tensor.dataSync().slice();
  values[values.length - 1]! += share * Math.max(...values.map(Math.abs));
  return tf.tensor(values, tensor.shape);
};
export const replaced = (
  outputs: tf.Tensor[],
  index: number,
  by: (tensor: tf.Tensor) => tf.Tensor,
): tf.Tensor[] => outputs.map((output, i) => (i === index ? by(output) : output));

/** One less but not below 0, for integers; the last entry 1e-3 of the largest more, for floats. */
export const slightlyOff = (tensor: tf.Tensor): tf.Tensor =>
  tensor.dtype === 'int32' ? tf.relu(tf.sub(tensor, tf.scalar(1, 'int32'))) : nudged(tensor, 1e-3);

/** A fault that a kernel could have, and what the suite must say of it. */
export interface Mutant {
  fault: string;
  kernel: keyof KernelContract;
  group: string;
  code: ConformanceErrorCode;
  mutate: (right: Kernel) => Kernel;
}

let calls = 0;
export const mutants: Mutant[] = [
  {
    fault: 'one output 3e-5 off',
    kernel: 'residual/conv2d',
    group: 'conv2d',
    code: 'VALUE',
    mutate: (right) => (params) => [nudged(right(params)[0]!, 3e-5)],
  },
  {
    fault: 'one entry of the gradient 3e-4 off',
    kernel: 'residual/conv2dFilterGradient',
    group: 'conv2d',
    code: 'VALUE',
    mutate: (right) => (params) => [nudged(right(params)[0]!, 3e-4)],
  },
  {
    fault: 'padding only after the picture, as in TensorFlow',
    kernel: 'residual/conv2d',
    group: 'conv2d',
    code: 'VALUE',
    mutate: (right) => (params) => {
      const [ph, pw] = params.attrs.padding as [number, number];
      const x = tf.pad(params.inputs.x!, [
        [0, 0],
        [0, 2 * ph],
        [0, 2 * pw],
        [0, 0],
      ]);
      return right({ inputs: { ...params.inputs, x }, attrs: { ...params.attrs, padding: [0, 0] } });
    },
  },
  {
    fault: 'a biased running variance',
    kernel: 'residual/batchNorm',
    group: 'batchNorm',
    code: 'VALUE',
    mutate: (right) => (params) => {
      const { x, scale, runningVariance } = params.inputs as Record<
        'x' | 'scale' | 'runningVariance',
        tf.Tensor
      >;
      const count = x.size / scale.size;
      const kept = tf.mul(runningVariance, 1 - (params.attrs.momentum as number));
      const biased = (all: tf.Tensor) => tf.add(kept, tf.mul(tf.sub(all, kept), (count - 1) / count));
      return replaced(right(params), 4, biased);
    },
  },
  {
    fault: 'a ReLU that swallows NaN',
    kernel: 'residual/batchNorm',
    group: 'batchNorm',
    code: 'VALUE',
    mutate: (right) => (params) =>
      replaced(right(params), 0, (y) => tf.where(tf.isNaN(y), tf.zerosLike(y), y)),
  },
  {
    fault: 'padding with zeros',
    kernel: 'residual/maxPool2d',
    group: 'maxPool2d',
    code: 'VALUE',
    mutate: (right) => (params) => replaced(right(params), 0, (y) => tf.relu(y)),
  },
  {
    fault: 'the last of equal maxima',
    kernel: 'residual/maxPool2d',
    group: 'maxPool2d',
    code: 'VALUE',
    mutate: (right) => (params) => {
      // The first maximum of the picture turned around is the last one of the picture.
      const [, height, width] = params.inputs.x!.shape as [number, number, number];
      const { kernelSize, stride, padding } = params.attrs as Record<string, number[]>;
      const turns = [height, width].every(
        (n, i) => (n + 2 * padding![i]! - kernelSize![i]!) % stride![i]! === 0,
      );
      if (!turns) return right(params);
      const turned = right({ ...params, inputs: { x: tf.reverse(params.inputs.x!, [1, 2]) } });
      const [y, argmax] = turned.map((tensor) => tf.reverse(tensor, [1, 2]));
      return [y!, tf.sub(tf.scalar(height * width - 1, 'int32'), argmax!)];
    },
  },
  {
    fault: 'padding counted whether asked or not',
    kernel: 'residual/averagePool2d',
    group: 'averagePool2d',
    code: 'VALUE',
    mutate: (right) => (params) => right({ ...params, attrs: { ...params.attrs, countIncludePad: true } }),
  },
  {
    fault: "the first picture's gates for all",
    kernel: 'residual/scaleChannels',
    group: 'scaleChannels',
    code: 'VALUE',
    mutate: (right) => (params) => {
      const gate = params.inputs.gate as tf.Tensor2D;
      const first = tf.broadcastTo(tf.slice(gate, [0, 0], [1, -1]), gate.shape);
      return right({ ...params, inputs: { ...params.inputs, gate: first } });
    },
  },
  {
    fault: 'no label smoothing',
    kernel: 'residual/softmaxCrossEntropy',
    group: 'softmaxCrossEntropy',
    code: 'VALUE',
    mutate: (right) => (params) => right({ ...params, attrs: { labelSmoothing: 0 } }),
  },
  {
    fault: 'unknown labels taken for the nearest class',
    kernel: 'residual/softmaxCrossEntropy',
    group: 'softmaxCrossEntropy',
    code: 'VALUE',
    mutate: (right) => (params) => {
      const { logits, labels } = params.inputs as Record<'logits' | 'labels', tf.Tensor>;
      const last = tf.scalar(logits.shape[1]! - 1, 'int32');
      const near = tf.minimum(tf.maximum(labels, tf.scalar(0, 'int32')), last);
      return right({ ...params, inputs: { logits, labels: near } });
    },
  },
  {
    fault: 'the weights of all classes alike',
    kernel: 'residual/classTargets',
    group: 'classTargets',
    code: 'VALUE',
    mutate: (right) => (params) => right({ ...params, inputs: { labels: params.inputs.labels! } }),
  },
  {
    fault: 'no focusing',
    kernel: 'residual/targetCrossEntropy',
    group: 'targetCrossEntropy',
    code: 'VALUE',
    mutate: (right) => (params) => right({ ...params, attrs: { focusing: 0 } }),
  },
  {
    fault: 'levels one too high',
    kernel: 'residual/resizeBilinear',
    group: 'resizeBilinear',
    code: 'VALUE',
    mutate: (right) => (params) => right(params).map((y) => tf.add(y, tf.scalar(1, 'int32'))),
  },
  {
    fault: 'a sum in float32, one after the other',
    kernel: 'residual/gradientNorm',
    group: 'gradientNorm',
    code: 'VALUE',
    mutate: () => (params) => {
      let sum = 0;
      for (const gradient of Object.values(params.inputs)) {
        for (const value of gradient.dataSync()) sum = Math.fround(sum + Math.fround(value * value));
      }
      return [tf.scalar(Math.sqrt(sum))];
    },
  },
  {
    fault: 'updates with a gradient that is not finite',
    kernel: 'residual/optimizerUpdate',
    group: 'sgdUpdate',
    code: 'VALUE',
    mutate: (right) => (params) => {
      const inputs = Object.values(params.inputs);
      const withNorm = inputs.map((tensor, i) => (i === inputs.length - 2 ? tf.scalar(1) : tensor));
      return right({ ...params, inputs: withNorm as unknown as tf.NamedTensorMap }); // named by their index
    },
  },
  {
    fault: 'other bits in every call',
    kernel: 'residual/linear',
    group: 'linear',
    code: 'BITS',
    mutate: (right) => (params) => right(params).map((y) => tf.mul(y, 1 + (++calls % 2) * 5e-7)),
  },
  {
    fault: 'another rounding for a batch of one',
    kernel: 'residual/conv2d',
    group: 'batchFree',
    code: 'BATCH',
    mutate: (right) => (params) => {
      const [y] = right(params);
      return [params.inputs.x!.shape[0] === 1 ? tf.mul(y!, 1 + 2e-7) : y!];
    },
  },
  {
    fault: 'another rounding for the last picture of a batch',
    kernel: 'residual/batchNormInference',
    group: 'batchFree',
    code: 'BATCH',
    mutate: (right) => (params) => {
      const [y] = right(params);
      const [batch, ...shape] = y!.shape;
      const factor = tf.concat([tf.ones([batch! - 1, ...shape]), tf.fill([1, ...shape], 1 + 2e-7)]);
      return [tf.mul(y!, factor)];
    },
  },
  {
    fault: 'a tensor left behind',
    kernel: 'residual/linear',
    group: 'linear',
    code: 'LEAK',
    mutate: (right) => (params) => {
      tf.keep(tf.scalar(0));
      return right(params);
    },
  },
  {
    fault: 'writing into an input',
    kernel: 'residual/channelSum',
    group: 'channelSum',
    code: 'INPUT',
    mutate: (right) => (params) => {
      const results = right(params);
      params.inputs.x!.dataSync()[0]! += 1; // the cpu backend hands out its own memory
      return results;
    },
  },
];
