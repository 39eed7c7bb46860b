import { describeConformance } from '@residual/conformance';
import { describe, it } from 'vitest';
import { whereTensorflowRuns } from './whereTensorflowRuns.js';

// On processors that TensorFlow has no oneDNN for, its own kernels run: among others they have no gradients of grouped
// convolutions. It reads this when it is loaded.
process.env.TF_ENABLE_ONEDNN_OPTS = '0';

await whereTensorflowRuns(() => {
  describeConformance({ describe, it }, { backend: 'tensorflow', requireKernels: true });
});
