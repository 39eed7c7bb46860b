import * as tf from '@tensorflow/tfjs-core';
import { type KernelCall, observeKernels } from '../observeKernels.ts';
import type { ConvolutionProfile, KernelProfile, StepProfile } from '../protocol.ts';
import { type ConvolutionFacts, ConvolutionLayers, floatOperations } from './convolutionLayers.ts';
import type { Steps } from './step.ts';

const BYTES_PER_VALUE = 4;

/**
 * Does a few steps and tells of the fastest where its time went. Of a backend whose kernels return before they are done,
 * it would only tell how long they take to ask for.
 *
 * @param algorithmOf how the backend computes a convolution, where it says so
 */
export async function profileSteps(
  work: Steps,
  steps: number,
  algorithmOf?: (facts: ConvolutionFacts) => string,
): Promise<StepProfile> {
  const recordedMilliseconds = work.runUnrecorded && (await fastestOf(work, steps));
  await work.runUnrecorded?.(2);
  const profiles: StepProfile[] = [];
  for (let i = 0; i < steps; i++) profiles.push(await profileStep(work, algorithmOf));
  const best = profiles.reduce((best, one) => (one.milliseconds < best.milliseconds ? one : best));
  return { ...best, ...(recordedMilliseconds !== undefined && { recordedMilliseconds }) };
}

async function fastestOf({ run }: Steps, steps: number): Promise<number> {
  await run(3); // the usual way, recorded, played
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < steps; i++) {
    const start = performance.now();
    await run(1);
    least = Math.min(least, performance.now() - start);
  }
  return least;
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
