import { type BackendCandidate, threadsOption } from '@residual/ops';
import { diagnose } from './diagnosis/diagnose.js';
import { gather } from './node/gather.js';
import { loadTensorflow } from './node/load.js';
import { configureTensorflow, type TensorflowOptions } from './options.js';

/**
 * For `selectBackend` of `@residual/ops`: this backend, and whether it can run here.
 *
 * @param options.requireGpu whether the processor is not enough
 */
export function tensorflowCandidate({ requireGpu = false }: { requireGpu?: boolean } = {}): BackendCandidate {
  return {
    name: 'tensorflow',
    options: [threadsOption],
    probe: async () => diagnose(await gather({ requireGpu }), { requireGpu }),
    async load(values = {}) {
      const { threads } = values as TensorflowOptions;
      configureTensorflow({ requireGpu, ...(threads !== undefined && { threads }) });
      // Now rather than in tf.setBackend, which would keep the reason of a failure to itself.
      await loadTensorflow({ requireGpu, threads });
    },
  };
}

export const tensorflow: BackendCandidate = tensorflowCandidate();
