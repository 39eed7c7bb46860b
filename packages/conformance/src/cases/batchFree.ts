import { basicBlock, bottleneck, cifarStem, imageNetStem, ResNet } from '@residual/models';
import {
  averagePool2d,
  batchNormInference,
  channelConv1d,
  conv2d,
  globalAveragePool,
  linear,
  maxPool2d,
  scaleChannels,
} from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { BATCH_FREE_PICTURES, checkBatchFree } from '../batchFree.js';
import type { ConformanceCase } from '../case.js';
import { drawTensor } from '../draw.js';
import { assertBackend } from '../kernels.js';
import type { Context } from '../options.js';
import { withModel } from '../trainingPass.js';
import { toTensor } from '../values.js';

type Picture = [height: number, width: number, channels: number];

/** What a picture's result must not depend on, where that is asked: the other pictures of its batch. */
export function batchFreeCases(context: Context): ConformanceCase[] {
  if (!context.batchFree) return [];
  const of = (name: string, picture: Picture, compute: (x: tf.Tensor4D) => tf.Tensor): ConformanceCase => ({
    group: 'batchFree',
    name,
    run: async () => {
      assertBackend(context);
      const pictures = drawTensor(0, 'x', { shape: [BATCH_FREE_PICTURES, ...picture] });
      await checkBatchFree(`batchFree ${name}`, pictures, compute);
    },
  });
  const convolution = (picture: Picture, filter: number[], options: ConvolutionOptions): ConformanceCase =>
    of(convolutionName(picture, filter, options), picture, (x) => convolve(x, filter, options));
  return [
    // Sizes at which a fast algorithm pays for many pictures and not for one; positions that fill no tile.
    convolution([6, 6, 32], [3, 3, 32, 32], { padding: 1 }),
    convolution([3, 3, 40], [3, 3, 40, 33], { padding: 1, bias: true }),
    convolution([7, 5, 16], [3, 3, 16, 24], { padding: 1, bias: true }),
    convolution([5, 7, 24], [1, 1, 24, 20], {}),
    convolution([9, 8, 6], [7, 7, 6, 10], { stride: 2, padding: 3, bias: true }),
    convolution([7, 5, 24], [3, 3, 8, 36], { padding: 1, groups: 3 }),
    of('batchNormInference [3, 5, 7]', [3, 5, 7], (x) => normalize(x, false)),
    of('batchNormInference [1, 3, 66] and an addend', [1, 3, 66], (x) => normalize(x, true)),
    of('batchNormInference, then maxPool2d', [5, 3, 9], (x) =>
      maxPool2d(normalize(x, false), { kernelSize: 3, stride: 2, padding: 1 }),
    ),
    of('globalAveragePool', [3, 5, 13], globalAveragePool),
    of('averagePool2d', [5, 3, 13], (x) =>
      averagePool2d(x, { kernelSize: 3, stride: 2, padding: 1, ceilMode: true }),
    ),
    of('scaleChannels by sigmoids of channelConv1d', [3, 5, 13], (x) =>
      scaleChannels(x, tf.sigmoid(channelConv1d(globalAveragePool(x), constant('filter', [3, 1, 1])))),
    ),
    of('linear', [1, 1, 130], (x) => linear(tf.reshape(x, [-1, 130]), constant('weight', [130, 17]))),
    ...networks.map(({ name, picture, create }) =>
      of(name, picture, (x) => withModel(create(), x.shape, 0, (model) => model.forward(x, 'eval'))),
    ),
  ];
}

interface ConvolutionOptions {
  stride?: number;
  padding?: number;
  groups?: number;
  bias?: boolean;
}

function convolutionName(
  [height, width, channels]: Picture,
  filter: number[],
  options: ConvolutionOptions,
): string {
  const [kh, kw, , outputs] = filter;
  const further = Object.entries(options).map(
    ([option, value]) => `, ${option}${value === true ? '' : ` ${value}`}`,
  );
  return `conv2d [${height}, ${width}, ${channels}] -> ${outputs}, ${kh}x${kw}${further.join('')}`;
}

function convolve(x: tf.Tensor4D, filter: number[], { bias, ...options }: ConvolutionOptions): tf.Tensor {
  const optional = bias ? { bias: constant<tf.Tensor1D>('bias', [filter[3]!]) } : {};
  return conv2d(x, constant('filter', filter), { ...options, ...optional });
}

function normalize(x: tf.Tensor4D, hasAddend: boolean): tf.Tensor4D {
  const [scale, offset, mean, variance] = ['scale', 'offset', 'mean', 'variance'].map((name) =>
    constant<tf.Tensor1D>(name, [x.shape[3]], [0.5, 1.5]),
  ) as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D, tf.Tensor1D];
  const addend = hasAddend ? { addend: tf.mul(x, 0.7) } : {};
  return batchNormInference(x, { scale, offset, mean, variance, ...addend, activation: 'relu' });
}

function constant<T extends tf.Tensor>(name: string, shape: number[], range?: [number, number]): T {
  return toTensor(drawTensor(0, name, { shape, ...(range && { range }) })) as T;
}

/** Both stems and both blocks, with groups. */
const networks: { name: string; picture: Picture; create: () => ResNet }[] = [
  {
    name: 'a network of basic blocks',
    picture: [7, 9, 3],
    create: () =>
      new ResNet({ stem: cifarStem(12), architecture: [[1, 12], [1, 24]], block: basicBlock(), numClasses: 5 }), // biome-ignore format: an architecture
  },
  {
    name: 'a network of bottlenecks with groups',
    picture: [17, 21, 1],
    create: () =>
      new ResNet({
        stem: imageNetStem(12, { bias: false }),
        architecture: [[1, 8], [1, 16]], // biome-ignore format: an architecture
        block: bottleneck({ groups: 2, baseWidth: 32 }),
        numClasses: 5,
      }),
  },
];
