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

let options: WebgpuOptions = {};

/**
 * Sets how the next `tf.setBackend('webgpu')` starts; a backend that runs already stays as it is.
 *
 * @throws WebgpuError `OPTION` for a value that makes no sense.
 */
export function configureWebgpu(changes: WebgpuOptions): void {
  const { activations } = changes;
  if (activations !== undefined && !ACTIVATIONS.includes(activations)) {
    throw new WebgpuError('OPTION', {
      where: 'webgpu: activations',
      expected: ACTIVATIONS.join(' or '),
      received: String(activations),
      fix: 'Leave it out for float32.',
    });
  }
  options = { ...options, ...changes };
}

export function webgpuOptions(): WebgpuOptions {
  return options;
}
