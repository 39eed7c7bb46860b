import { type BackendOption, optionProblem } from '@residual/ops';
import { WebgpuError } from './error.js';
import type { Storage } from './shader.js';

/** What the tensors between layers can be kept in. */
export const ACTIVATIONS: readonly Storage[] = ['float32', 'float16'];

export interface WebgpuOptions {
  /**
   * How the tensors between layers are kept; sums, weights and all gradients are float32 in any case. 'float16' takes half the memory
   * and traffic for them, has 11 bits of precision, a range to 65,504, and needs a device with `shader-f16`. Default 'float32'.
   */
  activations?: Storage;
}

/** What an app may offer of {@link WebgpuOptions}. */
export const activationsOption: BackendOption = {
  name: 'activations',
  help: 'on webgpu, how tensors between layers are kept: float32 or, in half the memory, float16; default: float32',
  values: { kind: 'oneOf', choices: ACTIVATIONS },
  default: 'float32',
  changesBits: true,
};

let options: WebgpuOptions = {};

/**
 * Sets how the next `tf.setBackend('webgpu')` starts; a backend that runs already stays as it is.
 *
 * @throws WebgpuError `OPTION` for a value that makes no sense.
 */
export function configureWebgpu(changes: WebgpuOptions): void {
  const problem = optionProblem(activationsOption, changes.activations, 'webgpu: activations');
  if (problem !== undefined) throw new WebgpuError('OPTION', problem);
  options = { ...options, ...changes };
}

export function webgpuOptions(): WebgpuOptions {
  return options;
}
