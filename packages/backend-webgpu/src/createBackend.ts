import { factsOf, findAdapter, requestDevice } from './adapter.js';
import { TrainingBackend } from './backend.js';
import { WebgpuError } from './error.js';
import { tileSizesWith } from './matrix/tileSize.js';
import { webgpuOptions } from './options.js';
import { chooseTile } from './selfCheck/chooseTile.js';
import { selfCheck } from './selfCheck/selfCheck.js';

/** Adapters whose devices computed right: one that is made again, after the first was lost, need not be checked again. */
const checked = new Set<string>();

/**
 * A backend on a new device of the best adapter, for `tf.registerBackend`. Importing this package does that for `webgpu`. Takes
 * a moment: a small step's gradients are checked, and on a GPU the fastest tile size is found.
 *
 * @throws WebgpuError `UNAVAILABLE` without WebGPU or an adapter, `LIMIT` where the adapter is too small, `SELF_CHECK` where the
 *   device computes wrong numbers.
 */
export async function createBackend(): Promise<TrainingBackend> {
  const adapter = await findAdapter();
  const device = await requestDevice(adapter);
  const backend = new TrainingBackend(device, adapter.info);
  watch(device, backend);
  try {
    const { description, isFallback } = factsOf(adapter);
    const { activations = 'float32' } = webgpuOptions();
    backend.activations = activations;
    backend.arithmetic = { device: description, activations };
    const what = `${description}, ${activations}`;
    if (!checked.has(what)) await selfCheck(backend);
    checked.add(what);
    // Times on a processor that has other work are chance.
    if (!isFallback) backend.tileSizes = tileSizesWith(await chooseTile(backend, description));
  } catch (error) {
    backend.dispose();
    throw error;
  }
  return backend;
}

/** TensorFlow.js looks neither at lost devices nor at what the device refuses: reads would give zeros. */
function watch(device: GPUDevice, backend: TrainingBackend): void {
  device.lost.then(({ reason, message }) => {
    if (backend.isDisposed) return;
    backend.fail(
      new WebgpuError('DEVICE_LOST', {
        where: 'webgpu',
        expected: 'the device to stay',
        received: `the news that the device was lost (${reason}): ${message || 'no message'}`,
        fix: 'Tensors on it are gone: make the backend again and go on from a checkpoint.',
      }),
    );
  });
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    event.preventDefault();
    const outOfMemory = error instanceof GPUOutOfMemoryError;
    backend.fail(
      new WebgpuError(outOfMemory ? 'OUT_OF_MEMORY' : 'VALIDATION', {
        where: 'webgpu',
        expected: outOfMemory ? 'memory on the device' : 'the device to accept a command',
        received: `${outOfMemory ? 'none' : 'a refusal'} (${error.message})`,
        fix: outOfMemory ? 'Use a smaller batch.' : 'This is a fault: please report it.',
      }),
    );
  });
}
