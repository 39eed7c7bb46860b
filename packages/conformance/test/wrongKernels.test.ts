import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ConformanceError, type ConformanceErrorCode, conformanceCases, kernelNames } from '../src/index.js';
import { type Kernel, mutants, replaced, slightlyOff } from './mutants.js';

const backend = 'mutant';

/** How many outputs a kernel always has, where it isn't one. */
const outputs: Partial<Record<string, number>> = {
  'residual/batchNorm': 5,
  'residual/batchNormGradient': 3,
  'residual/batchNormInferenceGradient': 3,
  'residual/maxPool2d': 2,
  'residual/scaleChannelsGradient': 2,
  'residual/softmaxCrossEntropy': 2,
  'residual/targetCrossEntropy': 2,
};

/** Runs `act` with one kernel of the backend replaced by what `mutate` makes of the right one. */
async function withMutant(
  name: string,
  mutate: (right: Kernel) => Kernel,
  act: () => Promise<void>,
): Promise<void> {
  const kernel = tf.getKernel(name, backend);
  const right: Kernel = (params) => kernel.kernelFunc({ ...params, backend: tf.backend() }) as tf.Tensor[];
  const wrong = mutate(right);
  tf.unregisterKernel(name, backend);
  tf.registerKernel({
    kernelName: name,
    backendName: backend,
    kernelFunc: ({ inputs, attrs }) => {
      const given = { inputs: inputs as tf.NamedTensorMap, attrs: attrs as tf.NamedAttrMap };
      return tf.tidy(() => wrong(given));
    },
  });
  try {
    await act();
  } finally {
    tf.unregisterKernel(name, backend);
    tf.registerKernel(kernel);
  }
}

/** The first failure of a group's cases, if any. */
async function failureOf(group: string, options = {}): Promise<unknown> {
  for (const each of conformanceCases({ backend, batchFree: true, ...options })) {
    if (each.group !== group) continue;
    try {
      await each.run();
    } catch (error) {
      return error;
    }
  }
  return undefined;
}

function expectCode(failure: unknown, code: ConformanceErrorCode): void {
  expect(failure).toBeInstanceOf(ConformanceError);
  expect(failure).toMatchObject({ code });
}

beforeAll(async () => {
  tf.registerBackend('cpu-references', () => new MathBackendCPU());
  tf.copyRegisteredKernels('cpu', 'cpu-references');
  expect(await tf.setBackend('cpu-references')).toBe(true);
  const cases = conformanceCases({ backend: 'cpu-references', batchFree: true });
  for (const group of new Set(cases.map((each) => each.group))) {
    await cases.find((each) => each.group === group)!.run(); // registers the references as this backend's kernels
  }
  tf.registerBackend(backend, () => new MathBackendCPU());
  tf.copyRegisteredKernels('cpu-references', backend);
  expect(await tf.setBackend(backend)).toBe(true);
});

describe('a backend with a kernel for everything', () => {
  it('passes requireKernels', async () => {
    expect(await failureOf('kernels', { requireKernels: true })).toBeUndefined();
  });

  it.each(['linear', 'softmaxCrossEntropy', 'channelSum', 'maxPool2d', 'batchNorm'])(
    'passes in %s',
    async (group) => {
      expect(await failureOf(group)).toBeUndefined();
    },
  );

  it.each(mutants)('$kernel fails with $fault', async ({ kernel, mutate, group, code }) => {
    await withMutant(kernel, mutate, async () => expectCode(await failureOf(group), code));
  });

  it.each(kernelNames)('%s fails with each of its outputs slightly off', async (name) => {
    const groups = [...new Set(conformanceCases({ backend }).map(({ group }) => group))];
    const group = groups
      .filter((candidate) => name.startsWith(`residual/${candidate}`))
      .sort()
      .at(-1)!;
    for (let index = 0; index < (outputs[name] ?? 1); index++) {
      const mutate = (right: Kernel): Kernel => {
        return (params) => replaced(right(params), index, (output) => slightlyOff(output));
      };
      await withMutant(name, mutate, async () => expectCode(await failureOf(group), 'VALUE'));
    }
  });

  it('fails requireKernels without one of them', async () => {
    const kernel = tf.getKernel('residual/linear', backend);
    tf.unregisterKernel('residual/linear', backend);
    const failure = await failureOf('kernels', { requireKernels: true });
    tf.registerKernel(kernel);
    expectCode(failure, 'REFERENCE');
    expect(String(failure)).toContain('residual/linear');
  });

  it('fails when its memory does not come back', async () => {
    let bytes = 0;
    expectCode(await failureOf('linear', { memory: () => bytes++ }), 'LEAK');
  });

  it('fails when another backend is active', async () => {
    expectCode(await failureOf('linear', { backend: 'another' }), 'BACKEND');
  });
});
