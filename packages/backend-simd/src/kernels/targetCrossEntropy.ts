import type { SimdKernel } from '../kernel.js';
import { float } from '../memory.js';

/** The targets of class numbers. A few values a picture: written here, in the order of the rows, in float64. */
export const classTargets: SimdKernel<'residual/classTargets'> = {
  kernelName: 'residual/classTargets',
  kernelFunc({ inputs: { labels, classWeights }, attrs: { classes, labelSmoothing }, backend }) {
    const [batch] = labels.shape;
    const targets = backend.output([batch, classes]);
    const labelsAt = backend.pointer(labels) / 4;
    const weightsAt = classWeights && backend.pointer(classWeights) / 4;
    const { words, floats } = backend;
    const labelOf = (row: number) => {
      const label = words[labelsAt + row]!;
      return label >= 0 && label < classes ? label : Number.NaN;
    };
    const weightOf = (label: number) =>
      weightsAt === undefined ? 1 : (floats[weightsAt + label] ?? Number.NaN);
    let own = 0; // of the labels' classes together
    for (let row = 0; row < batch; row++) own += weightOf(labelOf(row));
    for (let row = 0, at = targets.pointer / 4; row < batch; row++) {
      const label = labelOf(row);
      const isKnown = !Number.isNaN(label);
      for (let k = 0; k < classes; k++, at++) {
        const target = (k === label ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
        const weighted = weightsAt === undefined ? target : (target * weightOf(k) * batch) / own;
        floats[at] = isKnown ? weighted : Number.NaN;
      }
    }
    return [targets.info];
  },
};

/** Mean cross-entropy with targets, or the focal loss, and its gradient by the logits, in float64. */
export const targetCrossEntropy: SimdKernel<'residual/targetCrossEntropy'> = {
  kernelName: 'residual/targetCrossEntropy',
  kernelFunc({ inputs: { logits, targets }, attrs: { focusing }, backend }) {
    const [batch, classes] = logits.shape;
    const loss = backend.output([]);
    const dLogits = backend.output([batch, classes]);
    const losses = backend.scratch(8 * batch);
    backend.run(
      { kernel: 'targetCrossEntropy', work: 100 * batch * classes },
      backend.pointer(logits),
      backend.pointer(targets),
      dLogits.pointer,
      losses,
      batch,
      classes,
      float(focusing),
    );
    backend.run({ kernel: 'meanLoss', work: batch }, losses, loss.pointer, batch);
    return [loss.info, dLogits.info];
  },
};
