import {
  _FusedMatMul,
  Add,
  Elu,
  getKernel,
  LeakyRelu,
  type NamedAttrMap,
  type NamedTensorInfoMap,
  Prelu,
  Relu,
  Relu6,
  Sigmoid,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.js';
import type { TfjsKernel } from '../kernel.js';
import { type MatMulAttributes, type MatMulInputs, matMul } from './batchMatMul.js';

interface Inputs extends MatMulInputs {
  bias?: TensorInfo;
  preluActivationWeights?: TensorInfo;
}

interface Attributes extends MatMulAttributes {
  activation?: string;
  leakyreluAlpha?: number;
}

const ACTIVATIONS: Record<string, string> = {
  relu: Relu,
  relu6: Relu6,
  elu: Elu,
  prelu: Prelu,
  leakyrelu: LeakyRelu,
  sigmoid: Sigmoid,
};

/** `tf.fused.matMul`: activation(a b + bias). */
export const fusedMatMul: TfjsKernel<Inputs, Attributes> = {
  kernelName: _FusedMatMul,
  kernelFunc({ inputs, attrs, backend }) {
    const { a, b, bias, preluActivationWeights } = inputs;
    const { activation = 'linear', leakyreluAlpha = 0 } = attrs;
    const columns = b.shape.at(attrs.transposeB ? -2 : -1);
    const fusable =
      bias?.dtype === 'float32' &&
      a.dtype === 'float32' &&
      b.dtype === 'float32' &&
      bias.shape.at(-1) === columns &&
      bias.shape.length === 1;
    let y = matMul({ inputs: { a, b }, attrs, backend }, fusable ? backend.pointer(bias) : 0);
    if (bias !== undefined && !fusable) y = replace(backend, y, Add, { a: y, b: bias });
    if (activation === 'linear') return y;
    const kernel = ACTIVATIONS[activation];
    if (kernel === undefined)
      throw new Error(`Activation ${activation} has not been implemented for the simd backend.`);
    const extra: NamedTensorInfoMap = kernel === Prelu ? { alpha: preluActivationWeights } : {};
    return replace(backend, y, kernel, { x: y, ...extra }, { alpha: leakyreluAlpha });
  },
};

/** Runs another kernel on an intermediate result, which ends with it. */
function replace(
  backend: SimdBackend,
  intermediate: TensorInfo,
  kernelName: string,
  inputs: NamedTensorInfoMap,
  attrs: NamedAttrMap = {},
): TensorInfo {
  const result = getKernel(kernelName, 'simd').kernelFunc({ inputs, attrs, backend }) as TensorInfo;
  backend.disposeIntermediateTensorInfo(intermediate);
  return result;
}
