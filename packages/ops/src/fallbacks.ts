import * as tf from '@tensorflow/tfjs-core';
import type { KernelTypes, OpDefinition } from './op.js';

/** The operations whose reference has been registered as a backend's kernel, by backend name. */
const referenceKernels = new Map<string, Set<string>>();

/** The kernels that ran as code that isn't the backend's own, by backend name. */
const noted = new Map<string, Set<string>>();

/** Those of the runs of {@link fallbacksDuring} that have not ended, inner ones last. */
const recordings: { backendName: string; kernelNames: Set<string> }[] = [];

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
    kernelFunc: ({ inputs, attrs }) => {
      noteFallback(name, backendName);
      return tf.tidy(() => reference(inputs as Kernel['inputs'], attrs as Kernel['attributes']));
    },
  });
  const names = referenceKernels.get(backendName) ?? new Set();
  referenceKernels.set(backendName, names.add(name));
}

/**
 * The operations that have run as their reference on a backend, because it has no kernel for them: a part of {@link fallbacks}.
 *
 * @param backendName Default: the active backend.
 */
export function referenceOps(backendName: string = tf.getBackend()): string[] {
  return [...(referenceKernels.get(backendName) ?? [])].sort();
}

/**
 * Notes that a kernel runs now as code that isn't the backend's own: another backend's, or plain JavaScript. Backends that fall back
 * call it, also where only some shapes or types do. It costs the look-up in a set.
 */
export function noteFallback(kernelName: string, backendName: string): void {
  const names = noted.get(backendName) ?? new Set();
  noted.set(backendName, names.add(kernelName));
  for (const recording of recordings) {
    if (recording.backendName === backendName) recording.kernelNames.add(kernelName);
  }
}

/**
 * The kernels, TensorFlow.js's own included, that have run on a backend as code that isn't its own, in alphabetical order: slow, if
 * right. References are among them.
 *
 * @param backendName Default: the active backend.
 */
export function fallbacks(backendName: string = tf.getBackend()): string[] {
  return [...(noted.get(backendName) ?? [])].sort();
}

/**
 * The {@link fallbacks} of the active backend that run inside `run`, whatever ran before.
 *
 * A training run reports those of a step at its start, so that a slow fallback is never silent.
 */
export function fallbacksDuring(run: () => void): string[] {
  const recording = { backendName: tf.getBackend(), kernelNames: new Set<string>() };
  recordings.push(recording);
  try {
    run();
  } finally {
    recordings.splice(recordings.indexOf(recording), 1);
  }
  return [...recording.kernelNames].sort();
}
