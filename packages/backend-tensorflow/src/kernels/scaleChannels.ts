import type { Handle } from '../addon.js';
import type { TensorflowKernel } from '../kernel.js';
import type { Program } from '../program.js';
import { activated, sumGradient } from './batchNorm.js';

/** `residual/scaleChannels` of `@residual/ops`: y = activation(x * gate + addend). */
export const scaleChannels: TensorflowKernel<'residual/scaleChannels'> = {
  kernelName: 'residual/scaleChannels',
  program({ program, inputs: { x, gate, addend }, attrs: { activation } }) {
    const normalized = program.call('Mul', [x, everywhere(program, gate)]);
    return [activated(program, { normalized, x, addend, activation })];
  },
};

/** `residual/scaleChannelsGradient` of `@residual/ops`: dx, dGate and, where there was an addend, its gradient. */
export const scaleChannelsGradient: TensorflowKernel<'residual/scaleChannelsGradient'> = {
  kernelName: 'residual/scaleChannelsGradient',
  program({ program, inputs: { dy, x, gate, y }, attrs: { hasAddend } }) {
    const dSum = sumGradient(program, { dy, y, hasAddend });
    return [
      program.call('Mul', [dSum, everywhere(program, gate)]),
      program.call('Sum', [program.call('Mul', [dSum, x]), program.list([1, 2])]),
      ...(hasAddend ? [dSum] : []),
    ];
  },
};

/** [B, C] -> [B, 1, 1, C] */
function everywhere(program: Program, gate: Handle): Handle {
  return program.reshape(gate, [gate.shape[0]!, 1, 1, gate.shape[1]!]);
}
