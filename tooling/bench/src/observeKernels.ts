import * as tf from '@tensorflow/tfjs-core';

/** One call of one kernel. */
export interface KernelCall {
  /** Such as `residual/conv2d`. */
  name: string;
  inputs: { [name: string]: tf.Tensor };
  attributes: object;
  /** The first output. */
  output: tf.TensorInfo;
  milliseconds: number;
}

const PREFIX = 'residual/';

/**
 * Runs `run` and tells `onCall` of every kernel of an operation of @residual/ops that the active backend has registered
 * by now; operations inside of operations too. The kernels are as before when it returns or throws.
 *
 * An operation's reference is registered when it first runs: run what is to be seen once before.
 */
export function observeKernels<T>(run: () => T, onCall: (call: KernelCall) => void): T {
  const backendName = tf.getBackend();
  const configs = tf
    .getKernelsForBackend(backendName)
    .filter(({ kernelName }) => kernelName.startsWith(PREFIX));
  const replace = (config: tf.KernelConfig) => {
    tf.unregisterKernel(config.kernelName, backendName);
    tf.registerKernel(config);
  };
  for (const config of configs) {
    replace({
      ...config,
      kernelFunc: (params) => {
        const start = performance.now();
        const result = config.kernelFunc(params);
        const milliseconds = performance.now() - start;
        const inputs = params.inputs as unknown as KernelCall['inputs'];
        const output = Array.isArray(result) ? result[0]! : result;
        onCall({ name: config.kernelName, inputs, attributes: params.attrs ?? {}, output, milliseconds });
        return result;
      },
    });
  }
  try {
    return run();
  } finally {
    for (const config of configs) replace(config);
  }
}
