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
  const { threads } = changes;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new TensorflowError('OPTION', {
      where: 'tensorflow: threads',
      expected: 'a positive integer',
      received: String(threads),
      fix: 'Leave it out for one a core.',
    });
  }
  options = { ...options, ...changes };
}

export function tensorflowOptions(): TensorflowOptions {
  return options;
}
