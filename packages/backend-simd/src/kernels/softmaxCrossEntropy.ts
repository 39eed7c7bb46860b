import type { SimdKernel } from '../kernel.js';
import { float } from '../memory.js';
import { runBinary } from './binary.js';

/** Mean softmax cross-entropy and its gradient by the logits, in float64: the logits are read once from memory. */
export const softmaxCrossEntropy: SimdKernel<'residual/softmaxCrossEntropy'> = {
  kernelName: 'residual/softmaxCrossEntropy',
  kernelFunc({ inputs: { logits, labels }, attrs: { labelSmoothing }, backend }) {
    const [batch, classes] = logits.shape;
    const loss = backend.output([]);
    const dLogits = backend.output([batch, classes]);
    const losses = backend.scratch(8 * batch);
    backend.run(
      { kernel: 'softmaxCrossEntropy', work: 50 * batch * classes },
      backend.pointer(logits),
      backend.pointer(labels),
      dLogits.pointer,
      losses,
      batch,
      classes,
      float(labelSmoothing),
    );
    backend.run({ kernel: 'meanLoss', work: batch }, losses, loss.pointer, batch);
    return [loss.info, dLogits.info];
  },
};

export const softmaxCrossEntropyGradient: SimdKernel<'residual/softmaxCrossEntropyGradient'> = {
  kernelName: 'residual/softmaxCrossEntropyGradient',
  kernelFunc({ inputs: { dy, dLogits }, backend }) {
    return [runBinary(backend, 'multiply', dLogits, dy, dLogits.shape)];
  },
};

/** How many rows have their first maximum at their label. */
export const correctCount: SimdKernel<'residual/correctCount'> = {
  kernelName: 'residual/correctCount',
  kernelFunc({ inputs: { logits, labels }, backend }) {
    const [batch, classes] = logits.shape;
    const count = backend.output([]);
    backend.run(
      { kernel: 'correctCount', work: batch * classes },
      backend.pointer(logits),
      backend.pointer(labels),
      count.pointer,
      batch,
      classes,
    );
    return [count.info];
  },
};
