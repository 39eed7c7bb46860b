import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';
import type { WebgpuKernel } from '../kernel.js';
import eachElement from '../main/eachElement.wgsl';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import numbers from '../numbers/numbers.wgsl';
import type { Shader } from '../shader.js';
import correctCountText from './correctCount.wgsl';
import lossGradient from './lossGradient.wgsl';
import mean from './mean.wgsl';
import row from './row.wgsl';
import softmax from './softmaxCrossEntropy.wgsl';

const rowsShader = {
  name: 'softmaxCrossEntropy',
  code: [numbers, row, softmax, eachWorkgroup],
  inputs: { logits: 'f32', labels: 'i32' },
  outputs: { rowLosses: 'f32', dLogits: 'f32' },
  parameters: { batch: 'u32', classes: 'u32', labelSmoothing: 'f32', nan: 'u32' },
} satisfies Shader;

const meanShader = {
  name: 'mean',
  code: [mean],
  inputs: { values: 'f32' },
  outputs: { mean: 'f32' },
  parameters: { size: 'u32' },
} satisfies Shader;

const gradientShader = {
  name: 'softmaxCrossEntropyGradient',
  code: [lossGradient, eachElement],
  inputs: { dy: 'f32', dLogits: 'f32' },
  outputs: { product: 'f32' },
  parameters: { size: 'u32' },
} satisfies Shader;

const correctShader = {
  name: 'correctCount',
  code: [numbers, correctCountText],
  inputs: { logits: 'f32', labels: 'i32' },
  outputs: { count: 'f32' },
  parameters: { batch: 'u32', classes: 'u32' },
} satisfies Shader;

export const softmaxCrossEntropy: WebgpuKernel<'residual/softmaxCrossEntropy'> = {
  kernelName: 'residual/softmaxCrossEntropy',
  kernelFunc({ inputs: { logits, labels }, attrs: { labelSmoothing }, backend }) {
    const [batch, classes] = logits.shape;
    return meanOfRows(backend, logits, (outputs) => {
      backend.dispatch(rowsShader, {
        tensors: { logits, labels, ...outputs },
        parameters: { batch, classes, labelSmoothing, nan: NAN },
        workgroups: batch,
      });
    });
  },
};

/** Bits of a float32 that is no number. */
export const NAN = 0x7fc00000;

/** The mean of the rows' losses, and dLogits. @param rows computes both, a row a workgroup */
export function meanOfRows(
  backend: TrainingBackend,
  logits: TensorInfo,
  rows: (outputs: { rowLosses: GPUBuffer; dLogits: TensorInfo }) => void,
): TensorInfo[] {
  const batch = logits.shape[0]!;
  const loss = backend.output([]);
  const dLogits = backend.output(logits.shape);
  backend.scratch(4 * batch, (rowLosses) => {
    rows({ rowLosses, dLogits });
    backend.dispatch(meanShader, {
      tensors: { values: rowLosses, mean: loss },
      parameters: { size: batch },
      workgroups: 1,
    });
  });
  return [loss, dLogits];
}

export const softmaxCrossEntropyGradient: WebgpuKernel<'residual/softmaxCrossEntropyGradient'> = {
  kernelName: 'residual/softmaxCrossEntropyGradient',
  kernelFunc({ inputs: { dy, dLogits }, backend }) {
    const product = backend.output(dLogits.shape);
    const size = util.sizeFromShape(dLogits.shape);
    backend.dispatch(gradientShader, {
      tensors: { dy, dLogits, product },
      parameters: { size },
      workgroups: Math.ceil(size / 256),
    });
    return product;
  },
};

export const correctCount: WebgpuKernel<'residual/correctCount'> = {
  kernelName: 'residual/correctCount',
  kernelFunc({ inputs: { logits, labels }, backend }) {
    const [batch, classes] = logits.shape;
    const count = backend.output([]);
    backend.dispatch(correctShader, {
      tensors: { logits, labels, count },
      parameters: { batch, classes },
      workgroups: 1,
    });
    return count;
  },
};
