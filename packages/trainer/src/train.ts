import { loadStateDict } from '@residual/blocks';
import { recordingBackend } from '@residual/ops';
import { codeOf, messageOf, TrainerError } from './error.js';
import type { TrainEvent } from './events.js';
import { type TrainOptions, type TrainSettings, trainSettings } from './options.js';
import { firstBatchOf } from './run/runFacts.js';
import { TrainingRun } from './run/trainingRun.js';

/**
 * Trains a model: yields plain events, and works only while they are asked for. Leaving the loop early (`break`) stops
 * the run and frees all it made. However it ends, the model keeps its weights (the averaged ones with `averageDecay`).
 *
 * The history is a function of the arguments and the backend: it is the same, to the bit, when the run is stopped
 * anywhere and resumed from its latest checkpoint.
 *
 * @throws TrainerError `OPTION` and `NOT_REGISTERED` at once. While iterating: `MISMATCH` when `resume` belongs to another run,
 *   `NON_FINITE` when the loss or a gradient is, naming the step and the first bad layer, `STORAGE` when a checkpoint
 *   can't be written, `OUT_OF_MEMORY` when the device has none for a batch; BlocksError and OpsError when model and data don't fit.
 *
 * @example
 * for await (const event of train({ model, data, optimizer: sgd({ learningRate: 0.01 }), maxEpochs: 10 })) {
 *   if (event.type === 'epoch') console.log(event.epoch, event.trainLoss, event.validationAccuracy);
 * }
 */
export function train(options: TrainOptions): AsyncGenerator<TrainEvent, void, undefined> {
  return run(trainSettings(options));
}

async function* run(settings: TrainSettings): AsyncGenerator<TrainEvent, void, undefined> {
  const firstBatch = await firstBatchOf(settings.data.train);
  // Loaded where it is asked for: a page that never asks leaves its code out.
  const swa = settings.swa === undefined ? undefined : await import('./run/stochasticWeightAverage.js');
  const recorded =
    settings.record !== false && recordingBackend() && (await import('./step/recordedPasses.js'));
  const parts = { ...swa, ...(recorded || undefined) };
  let current = new TrainingRun(settings, firstBatch, parts);
  try {
    for (;;) {
      try {
        yield* current.events();
        return;
      } catch (error) {
        const { snapshot } = current;
        const step = current.step;
        if (snapshot === undefined || !(await settings.recover?.(error))) {
          throw explainOutOfMemory(error, { step, batchSize: settings.data.train.batchSize });
        }
        current.abandon();
        loadStateDict(settings.model, snapshot.model);
        current = new TrainingRun({ ...settings, resume: snapshot }, firstBatch, parts);
        yield {
          type: 'warning',
          message: `${messageOf(error)} Recovered in step ${step}; going on after step ${snapshot.step}.`,
        };
      }
    }
  } finally {
    current.dispose();
  }
}

/** What to throw for an error by which a backend says that it has no memory: all of them have this code. */
function explainOutOfMemory(
  error: unknown,
  { step, batchSize }: { step: number; batchSize: number },
): unknown {
  if (codeOf(error) !== 'OUT_OF_MEMORY') return error;
  const half = Math.floor(batchSize / 2);
  return new TrainerError(
    'OUT_OF_MEMORY',
    {
      where: `after step ${step}`,
      expected: `memory for a batch of ${batchSize}`,
      received: 'too little',
      fix: `${messageOf(error)}${half === 0 ? '' : ` A batch of ${half} needs about half.`}`,
    },
    { cause: error },
  );
}
