import type { TensorflowBackend } from './addon.js';
import { loadTensorflow } from './node/load.js';
import { type TensorflowOptions, tensorflowOptions } from './options.js';

/**
 * Loads TensorFlow and starts a backend: what `tf.setBackend('tensorflow')` waits for.
 *
 * @param options Default: those of `configureTensorflow`.
 * @throws TensorflowError `UNAVAILABLE` or `NO_GPU`, with the reason and what to do about it.
 */
export async function createBackend(
  options: TensorflowOptions = tensorflowOptions(),
): Promise<TensorflowBackend> {
  const { addon, packageName, Backend } = await loadTensorflow(options);
  return new Backend(addon, packageName);
}
