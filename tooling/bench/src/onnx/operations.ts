import type { KernelContract } from '@residual/ops';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { OnnxAttribute } from './graph.ts';

/** A graph that grows. */
export interface GraphBuilder {
  /** The name of a tensor, which is a weight unless a node has made it; weights are stored with their axes permuted. */
  nameOf(tensor: Tensor, permutation?: number[]): string;
  /** Adds a node and returns the name of its output. */
  add(opType: string, inputs: string[], attributes?: Record<string, OnnxAttribute>): string;
}

type Operation<Name extends keyof KernelContract> = (
  inputs: KernelContract[Name]['inputs'],
  attributes: KernelContract[Name]['attributes'],
  graph: GraphBuilder,
) => string;

/** [kh, kw, Cin, Cout] to ONNX's [Cout, Cin, kh, kw]. */
const FILTER = [3, 2, 0, 1];

/**
 * How each operation of @residual/ops that a network in eval mode is made of is written in ONNX; each adds its nodes
 * and returns its output's name. Source: the ONNX operators, onnx.ai/onnx/operators.
 */
export const operations: { [Name in keyof KernelContract]?: Operation<Name> } = {
  'residual/conv2d': ({ x, filter, bias }, { stride, padding, groups }, { nameOf, add }) => {
    const inputs = [nameOf(x), nameOf(filter, FILTER), ...(bias ? [nameOf(bias)] : [])];
    return add('Conv', inputs, { strides: stride, pads: [...padding, ...padding], group: groups });
  },
  'residual/batchNormInference': (inputs, { epsilon, activation }, { nameOf, add }) => {
    const { x, scale, offset, mean, variance, addend } = inputs;
    const names = [x, scale, offset, mean, variance].map((tensor) => nameOf(tensor));
    let y = add('BatchNormalization', names, { epsilon: { float: epsilon } });
    if (addend !== undefined) y = add('Add', [y, nameOf(addend)]);
    return activation === 'relu' ? add('Relu', [y]) : y;
  },
  'residual/maxPool2d': ({ x }, { kernelSize, stride, padding }, { nameOf, add }) =>
    add('MaxPool', [nameOf(x)], {
      kernel_shape: kernelSize,
      strides: stride,
      pads: [...padding, ...padding],
    }),
  'residual/globalAveragePool': ({ x }, _, { nameOf, add }) =>
    add('Flatten', [add('GlobalAveragePool', [nameOf(x)])]),
  'residual/linear': ({ x, weight, bias }, _, { nameOf, add }) =>
    add('Gemm', [nameOf(x), nameOf(weight), ...(bias ? [nameOf(bias)] : [])]),
};
