import * as tf from '@tensorflow/tfjs-core';
import type { KernelTypes, OpDefinition } from './op.js';

/** The operations whose reference has been registered as a backend's kernel, by backend name. */
const referenceKernels = new Map<string, Set<string>>();

/** Registers the operation's reference as the active backend's kernel where the backend has none of its own. */
export function ensureKernel<Kernel extends KernelTypes>({
  name,
  reference,
}: OpDefinition<string, Kernel>): void {
  const backendName = tf.getBackend();
  if (tf.getKernel(name, backendName) !== undefined) return;
  tf.registerKernel({
    kernelName: name,
    backendName,
    kernelFunc: ({ inputs, attrs }) =>
      tf.tidy(() => reference(inputs as Kernel['inputs'], attrs as Kernel['attributes'])),
  });
  const names = referenceKernels.get(backendName) ?? new Set();
  referenceKernels.set(backendName, names.add(name));
}

/**
 * The operations that have run as their reference on a backend, because it has no kernel for them.
 *
 * A training run reports them at its start, so that a slow fallback is never silent.
 *
 * @param backendName Default: the active backend.
 */
export function referenceOps(backendName: string = tf.getBackend()): string[] {
  return [...(referenceKernels.get(backendName) ?? [])].sort();
}
