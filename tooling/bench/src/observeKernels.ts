import * as tf from '@tensorflow/tfjs-core';

/** One call of one kernel. */
export interface KernelCall {
  /** Such as `residual/conv2d`. */
  name: string;
  inputs: { [name: string]: tf.Tensor };
  attributes: object;
  outputs: tf.TensorInfo[];
  milliseconds: number;
}

/**
 * Runs `run` and tells `onCall` of every call of a kernel that the active backend has registered by now and `isWanted`
 * names; of a kernel that calls others, only of the outer one. All is as before when it returns or throws.
 *
 * An operation's reference is registered when it first runs: run what is to be seen once before.
 */
export function observeKernels<T>(
  isWanted: (name: string) => boolean,
  onCall: (call: KernelCall) => void,
  run: () => T,
): T {
  const backendName = tf.getBackend();
  const configs = tf.getKernelsForBackend(backendName).filter(({ kernelName }) => isWanted(kernelName));
  const replace = (config: tf.KernelConfig) => {
    tf.unregisterKernel(config.kernelName, backendName);
    tf.registerKernel(config);
  };
  let depth = 0;

  function observed({ kernelName, kernelFunc }: tf.KernelConfig): tf.KernelFunc {
    return (params) => {
      depth++;
      const start = performance.now();
      let result: ReturnType<tf.KernelFunc>;
      try {
        result = kernelFunc(params);
      } finally {
        depth--;
      }
      if (depth > 0) return result;
      const milliseconds = performance.now() - start;
      onCall({
        name: kernelName,
        inputs: params.inputs as unknown as KernelCall['inputs'],
        attributes: params.attrs ?? {},
        outputs: Array.isArray(result) ? result : [result],
        milliseconds,
      });
      return result;
    };
  }

  for (const config of configs) replace({ ...config, kernelFunc: observed(config) });
  try {
    return run();
  } finally {
    for (const config of configs) replace(config);
  }
}
