import * as tf from '@tensorflow/tfjs-core';
import { type KernelCall, observeKernels } from '../observeKernels.ts';
import type { ConvolutionProfile, KernelProfile, StepProfile } from '../protocol.ts';
import { type ConvolutionFacts, ConvolutionLayers, floatOperations } from './convolutionLayers.ts';
import type { Loaded } from './loaded.ts';
import type { Steps } from './step.ts';

const BYTES_PER_VALUE = 4;

/** Steps are tried for so long at least: of short ones three would say little. */
const LEAST_MS = 1000;

type Backend = Pick<Loaded, 'algorithmOf' | 'timeKernels'>;

/**
 * Does a few steps and tells of the fastest where its time went. Of a backend whose kernels return before they are done,
 * it would only tell how long they take to ask for.
 */
export async function profileSteps(
  work: Steps,
  steps: number,
  { algorithmOf, timeKernels }: Backend = {},
): Promise<StepProfile> {
  const recorded = work.isRecorded ? await profileRecorded(work, steps, timeKernels) : {};
  if (work.isRecorded && work.runUnrecorded === undefined) {
    const { recordedMilliseconds: milliseconds = 0 } = recorded;
    return { milliseconds, ...recorded, kernels: [], convolutions: [] };
  }
  await work.runUnrecorded?.(2);
  const profiles: StepProfile[] = [];
  for (let i = 0; i < steps; i++) profiles.push(await profileStep(work, algorithmOf));
  const best = profiles.reduce((best, one) => (one.milliseconds < best.milliseconds ? one : best));
  return { ...best, ...recorded };
}

const untimed = async (run: () => Promise<void>): Promise<undefined> => void (await run());

/** The fastest of a few steps that play what is recorded, of which nobody sees the single kernels. */
async function profileRecorded(
  { run }: Steps,
  steps: number,
  timeKernels: Backend['timeKernels'],
): Promise<Pick<StepProfile, 'recordedMilliseconds' | 'recordedJavaScript'>> {
  const time = timeKernels ?? untimed;
  await run(3); // the usual way, recorded, played
  let best: Awaited<ReturnType<typeof profileRecorded>> = {};
  const begin = performance.now();
  for (let i = 0; i < steps || performance.now() - begin < LEAST_MS; i++) {
    const start = performance.now();
    const kernels = await time(() => run(1));
    const recordedMilliseconds = performance.now() - start;
    if (recordedMilliseconds >= (best.recordedMilliseconds ?? Number.POSITIVE_INFINITY)) continue;
    best = {
      recordedMilliseconds,
      ...(kernels !== undefined && { recordedJavaScript: recordedMilliseconds - kernels }),
    };
  }
  return best;
}

async function profileStep(
  { model, run, runUnrecorded = run }: Steps,
  algorithmOf?: (facts: ConvolutionFacts) => string,
): Promise<StepProfile> {
  const kernels = new Map<string, KernelProfile>();
  const layers = new ConvolutionLayers(model);
  const convolutions: ConvolutionProfile[] = [];
  const start = performance.now();
  await observeKernels(
    () => true,
    (call) => {
      count(kernels, call);
      const facts = layers.factsOf(call);
      if (facts === undefined) return;
      convolutions.push({
        ...facts,
        ...(algorithmOf && { algorithm: algorithmOf(facts) }),
        milliseconds: call.milliseconds,
        floatOperations: floatOperations(facts),
      });
    },
    () => runUnrecorded(1),
  );
  const milliseconds = performance.now() - start;
  return {
    milliseconds,
    kernels: [...kernels.values()].sort((a, b) => b.milliseconds - a.milliseconds),
    convolutions,
  };
}

function count(
  kernels: Map<string, KernelProfile>,
  { name, inputs, outputs, milliseconds }: KernelCall,
): void {
  const profile = kernels.get(name) ?? { kernel: name, calls: 0, milliseconds: 0, bytes: 0 };
  kernels.set(name, profile);
  profile.calls++;
  profile.milliseconds += milliseconds;
  const before = new Set(Object.values(inputs).map((tensor) => tensor?.dataId));
  // A reshaped or copied tensor may be the same data under another name.
  if (outputs.some(({ dataId }) => before.has(dataId))) return;
  const tensors = [...Object.values(inputs), ...outputs].filter((tensor) => tensor !== undefined);
  for (const { shape } of tensors) profile.bytes += BYTES_PER_VALUE * tf.util.sizeFromShape(shape);
}
