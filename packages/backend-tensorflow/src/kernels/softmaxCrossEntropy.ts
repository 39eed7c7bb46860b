import type { Handle } from '../addon.js';
import type { TensorflowKernel } from '../kernel.js';

/**
 * Mean softmax cross-entropy and its gradient by the logits.
 *
 * With targets written out, [B, K]: the operation that takes class numbers has no label smoothing, and refuses a label
 * that is no class on the processor but not on a GPU.
 */
export const softmaxCrossEntropy: TensorflowKernel<'residual/softmaxCrossEntropy'> = {
  kernelName: 'residual/softmaxCrossEntropy',
  program({ program, inputs: { logits, labels }, attrs: { labelSmoothing } }) {
    const [batch, classes] = logits.shape;
    const share = labelSmoothing / classes;
    const oneHot = program.call('OneHot', [
      labels,
      program.integer(classes),
      program.float(1 - labelSmoothing + share),
      program.float(share),
    ]);
    const column = program.reshape(labels, [batch, 1]);
    const known = program.call('LogicalAnd', [
      program.call('GreaterEqual', [column, program.integer(0)]),
      program.call('Less', [column, program.integer(classes)]),
    ]);
    const target = program.call('SelectV2', [known, oneHot, program.float(Number.NaN)]);
    const [losses, gradients] = program.callAll('SoftmaxCrossEntropyWithLogits', [logits, target], {}, 2) as [
      Handle,
      Handle,
    ];
    const mean = program.call('Mean', [losses, program.list([0])]);
    return [mean, program.call('RealDiv', [gradients, program.float(batch)])];
  },
};

export const softmaxCrossEntropyGradient: TensorflowKernel<'residual/softmaxCrossEntropyGradient'> = {
  kernelName: 'residual/softmaxCrossEntropyGradient',
  program: ({ program, inputs: { dy, dLogits } }) => [program.call('Mul', [dy, dLogits])],
};

/** How many rows have their first maximum at their label; a row with a NaN is wrong. */
export const correctCount: TensorflowKernel<'residual/correctCount'> = {
  kernelName: 'residual/correctCount',
  program({ program, inputs: { logits, labels } }) {
    const best = program.cast(program.call('ArgMax', [logits, program.integer(1)]), 'int32');
    const hasNaN = program.call('Any', [program.call('IsNan', [logits]), program.list([1])]);
    const correct = program.call('LogicalAnd', [
      program.call('LogicalNot', [hasNaN]),
      program.call('Equal', [best, labels]),
    ]);
    return [program.call('Sum', [program.cast(correct, 'float32'), program.list([0])])];
  },
};
