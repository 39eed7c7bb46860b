import type { WebgpuKernel } from '../kernel.js';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import numbers from '../numbers/numbers.wgsl';
import type { Shader } from '../shader.js';
import classTargetsText from './classTargets.wgsl';
import row from './row.wgsl';
import { meanOfRows, NAN } from './softmaxCrossEntropy.js';
import targetCrossEntropyText from './targetCrossEntropy.wgsl';

const targetsShader = {
  name: 'classTargets',
  code: [classTargetsText],
  inputs: { labels: 'i32', classWeights: 'f32' },
  outputs: { targets: 'f32' },
  parameters: { batch: 'u32', classes: 'u32', labelSmoothing: 'f32', nan: 'u32' },
} satisfies Shader;

const rowsShader = {
  name: 'targetCrossEntropy',
  code: [numbers, row, targetCrossEntropyText, eachWorkgroup],
  inputs: { logits: 'f32', targets: 'f32' },
  outputs: { rowLosses: 'f32', dLogits: 'f32' },
  parameters: { batch: 'u32', classes: 'u32', focusing: 'f32', nan: 'u32' },
} satisfies Shader;

export const classTargets: WebgpuKernel<'residual/classTargets'> = {
  kernelName: 'residual/classTargets',
  kernelFunc({ inputs: { labels, classWeights }, attrs: { classes, labelSmoothing }, backend }) {
    const [batch] = labels.shape;
    const targets = backend.output([batch, classes]);
    backend.dispatch(targetsShader, {
      constants: { HAS_WEIGHTS: classWeights !== undefined },
      tensors: { labels, classWeights, targets },
      parameters: { batch, classes, labelSmoothing, nan: NAN },
      workgroups: 1,
    });
    return targets;
  },
};

export const targetCrossEntropy: WebgpuKernel<'residual/targetCrossEntropy'> = {
  kernelName: 'residual/targetCrossEntropy',
  kernelFunc({ inputs: { logits, targets }, attrs: { focusing }, backend }) {
    const [batch, classes] = logits.shape;
    return meanOfRows(backend, logits, (outputs) => {
      backend.dispatch(rowsShader, {
        tensors: { logits, targets, ...outputs },
        parameters: { batch, classes, focusing, nan: NAN },
        workgroups: batch,
      });
    });
  },
};
