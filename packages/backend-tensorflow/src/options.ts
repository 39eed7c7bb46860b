import { optionProblem, threadsOption } from '@residual/ops';
import { TensorflowError } from './error.js';

export interface TensorflowOptions {
  /** Makes it an error when TensorFlow would compute on the processor. Default false. */
  requireGpu?: boolean;
  /** How many threads compute on the processor. Default: TensorFlow's choice, one for each core. */
  threads?: number;
}

let options: TensorflowOptions = {};

/**
 * Sets how the next `tf.setBackend('tensorflow')` starts. TensorFlow reads the number of threads once in a process,
 * when it is loaded.
 *
 * @throws TensorflowError `OPTION` for a thread count that isn't a positive integer.
 */
export function configureTensorflow(changes: TensorflowOptions): void {
  const problem = optionProblem(threadsOption, changes.threads, 'tensorflow: threads');
  if (problem !== undefined) throw new TensorflowError('OPTION', problem);
  options = { ...options, ...changes };
}

export function tensorflowOptions(): TensorflowOptions {
  return options;
}
