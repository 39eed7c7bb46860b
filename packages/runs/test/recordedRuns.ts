import { createBackend, type SimdBackend, type SimdOptions } from '@residual/backend-simd';
import { dispose, init, stateDict } from '@residual/blocks';
import { type Architecture, basicBlock, cifarStem, ResNet } from '@residual/models';
import type { Recording } from '@residual/ops';
import { pictureData, sgd, type TrainEvent, type TrainOptions, train } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import { CLASSES, stripes } from './tiny.js';

const architecture: Architecture = [
  [1, 8],
  [1, 12],
];

/** Starts `simd` anew, under its name, and counts what is recorded and played. */
export async function startCounting(options: SimdOptions = {}) {
  const backend: SimdBackend = await createBackend({ threads: 2, poisonFreedMemory: true, ...options });
  tf.engine().registry.simd = backend;
  expect(await tf.setBackend('simd')).toBe(true);
  const counts = { recorded: 0, played: 0 };
  const record = backend.record!;
  const counting: typeof record = (...args) => {
    const result = record(...args);
    if (result.recording === undefined) return result;
    counts.recorded++;
    return { ...result, recording: watched(result.recording), reason: undefined };
  };
  const watched = (recording: Recording): Recording => ({
    play(...args) {
      const results = recording.play(...args);
      if (results !== undefined) counts.played++;
      return results;
    },
    dispose: () => recording.dispose(),
  });
  Object.assign(backend, { record: counting });
  return { backend, counts };
}

export function tinyNetwork(): ResNet {
  const stem = cifarStem(8);
  const model = new ResNet({ stem, architecture, block: basicBlock(), numClasses: CLASSES });
  return init(model, [1, 10, 6, 3], { seed: 0 });
}

/** 28 pictures, in batches of 8 of which an epoch's last is of 4; 13 to validate on. */
function tinyOptions(options: Partial<TrainOptions> = {}): TrainOptions {
  return {
    model: options.model ?? tinyNetwork(),
    data: pictureData(stripes(28), { batchSize: 8, seed: 1 }),
    optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 5e-4 }),
    maxEpochs: 3,
    labelSmoothing: 0.1,
    gradientClipNorm: 5,
    averageDecay: 0.9,
    logEvery: 2,
    ...options,
  };
}

export interface Outcome {
  /** Without what the clock says, and why steps aren't recorded. */
  events: object[];
  weights: Record<string, readonly number[]>;
  unrecorded: string | undefined;
}

/** Trains; whatever comes of it, no tensor stays. @param stop leaves the loop, or aborts */
export async function outcomeOf(
  { network = tinyNetwork, ...options }: Partial<TrainOptions> & { network?: () => ResNet },
  stop?: (event: TrainEvent) => boolean,
): Promise<Outcome> {
  const before = tf.memory().numTensors;
  const model = network();
  const events: object[] = [];
  let unrecorded: string | undefined;
  try {
    for await (const event of train(tinyOptions({ ...options, model }))) {
      if (event.type === 'start') unrecorded = event.unrecorded;
      const clock = { seconds: 0, waitSeconds: 0, imagesPerSecond: 0, validationSeconds: 0, unrecorded: '' };
      if (event.type !== 'checkpoint') events.push({ ...event, ...clock });
      if (stop?.(event)) break;
    }
    const weights = [...stateDict(model)].map(([path, value]) => [path, [...value.dataSync()]] as const);
    return { events, weights: Object.fromEntries(weights), unrecorded };
  } finally {
    dispose(model);
    expect(tf.memory().numTensors).toBe(before);
  }
}
