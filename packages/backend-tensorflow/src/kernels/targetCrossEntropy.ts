import type { Handle } from '../addon.js';
import type { TensorflowKernel } from '../kernel.js';

/** The targets of class numbers, as `softmaxCrossEntropy` writes them out, times the classes' weights. */
export const classTargets: TensorflowKernel<'residual/classTargets'> = {
  kernelName: 'residual/classTargets',
  program({ program, inputs: { labels, classWeights }, attrs: { classes, labelSmoothing } }) {
    const [batch] = labels.shape;
    const share = labelSmoothing / classes;
    const oneHot = (on: number, off: number) =>
      program.call('OneHot', [labels, program.integer(classes), program.float(on), program.float(off)]);
    const column = program.reshape(labels, [batch, 1]);
    const known = program.call('LogicalAnd', [
      program.call('GreaterEqual', [column, program.integer(0)]),
      program.call('Less', [column, program.integer(classes)]),
    ]);
    const smooth = oneHot(1 - labelSmoothing + share, share);
    const targets = program.call('SelectV2', [known, smooth, program.float(Number.NaN)]);
    if (classWeights === undefined) return [targets];
    const weights = program.call('Mul', [oneHot(1, 0), classWeights]);
    const own = program.call('Sum', [weights, program.list([0, 1])]);
    const scaled = program.call('Mul', [program.call('Mul', [targets, classWeights]), program.float(batch)]);
    return [program.call('RealDiv', [scaled, own])];
  },
};

/** Mean cross-entropy with targets, or the focal loss, and its gradient by the logits. */
export const targetCrossEntropy: TensorflowKernel<'residual/targetCrossEntropy'> = {
  kernelName: 'residual/targetCrossEntropy',
  program({ program, inputs: { logits, targets }, attrs: { focusing } }) {
    const [batch] = logits.shape;
    const logProbabilities = program.call('LogSoftmax', [logits]);
    const probabilities = program.call('Exp', [logProbabilities]);
    const rest = program.call('Sub', [program.float(1), probabilities]);
    const focus = program.call('Pow', [rest, program.float(focusing)]); // 1 where focusing is 0
    // MulNoNan and DivNoNan are 0 where their second factor is, also beside infinity: what is wanted of no class is no loss.
    const onlyWanted = (values: Handle) => program.call('MulNoNan', [values, targets]);
    const weighted = program.call('MulNoNan', [logProbabilities, probabilities]);
    const bend = program.call('DivNoNan', [program.call('Mul', [weighted, program.float(focusing)]), rest]);
    const slope = program.call('Mul', [focus, program.call('Sub', [bend, program.float(1)])]);
    const slopes = onlyWanted(slope);
    const rowSlopes = program.call('Sum', [slopes, program.list([1])], { keep_dims: true });
    const gradients = program.call('Sub', [slopes, program.call('Mul', [probabilities, rowSlopes])]);
    const losses = onlyWanted(program.call('Mul', [focus, logProbabilities]));
    const sum = program.call('Neg', [program.call('Sum', [losses, program.list([0, 1])])]);
    return [sum, gradients].map((total) => program.call('RealDiv', [total, program.float(batch)]));
  },
};
