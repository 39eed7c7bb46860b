import type { DataParts } from '@residual/data';
import {
  type Checkpoint,
  type CheckpointPolicy,
  type CheckpointStorage,
  type Classifier,
  latestCheckpoint,
  memoryStorage,
  type TrainEvent,
  type TrainOptions,
  train,
} from '@residual/trainer';
import type { LoadReport } from '@residual/weights';
import { mayDiffer, requireEndAhead } from './changes.js';
import { parseRunConfig, type RunConfig } from './config.js';
import { RunsError } from './error.js';
import { type RunData, runData } from './input.js';
import { newModel } from './network.js';
import { requirePieces } from './pieces.js';
import type { FirstStage, StagesEvent } from './stages.js';
import { trainOptionsOf } from './trainOptions.js';
import { startingModel, type WeightsToStart } from './weights.js';

export interface RunOptions
  extends Pick<TrainOptions, 'checkpoints' | 'logEvery' | 'device' | 'recover' | 'signal'> {
  /** The pictures: held in memory, or read when they are needed. A run has nothing to do with those of its test part, unless they validate. */
  data: DataParts;
  /** What the network begins with, where `training.weights` names some. A run that goes on from a checkpoint needs none. */
  weights?: WeightsToStart;
}

/** A run that is ready: it works while its events are asked for. */
export interface Run {
  /** Belongs to the caller: `dispose(model)` frees it. */
  model: Classifier;
  config: RunConfig;
  data: RunData;
  /** What became of each tensor of the weights that it begins with; undefined where there are none, and in a run that goes on. */
  report?: LoadReport;
  /** The features that the head is trained on, where the trunk is frozen, and the pull towards 0 that validation chose. */
  frozen?: FirstStage;
  events: AsyncGenerator<TrainEvent | StagesEvent, void, undefined>;
}

/**
 * Builds a run's model and batches, and gets its training ready.
 *
 * @throws RunsError `MISSING_PIECE` when it names something that nothing has defined, `DATA` when the pictures are not those of
 *   its task, `MODEL` when the weights are not those that it names; WeightsError as `loadWeights`; DataError when the pictures can't be
 *   used.
 *
 * @example
 * const config = configure(recipes.quick, fashionMnistTask, { epochs: 1 });
 * const { events } = await startRun(config, { data: await fashionMnist() });
 * for await (const event of events) console.log(event);
 */
export async function startRun(config: RunConfig, options: RunOptions): Promise<Run> {
  return begin(config, options);
}

/**
 * Goes on with the run whose checkpoints are in `checkpoints.storage`, from the latest that is whole.
 *
 * @param options.config what the run is known to be: then checkpoints of another run are refused, and a run that was stopped
 *   before its first checkpoint begins at its beginning. What {@link withChanges} changes may differ. Default: what the checkpoint says.
 * @throws RunsError `RESUME` when there is no checkpoint, and no config; `OPTION` when the run is beyond its last epoch; what `startRun` and `latestCheckpoint` throw; TrainerError
 *   `MISMATCH` for checkpoints of another run.
 */
export async function resumeRun({
  config,
  ...options
}: RunOptions & { checkpoints: CheckpointPolicy; config?: RunConfig }): Promise<Run> {
  const resume = await latestCheckpoint(options.checkpoints.storage);
  if (resume !== undefined) {
    const recorded = parseRunConfig(resume.config, resume.name); // with what configurations have got since
    if (config !== undefined) requireEndAhead(config, resume);
    return begin(config ?? recorded, options, { ...resume, config: recorded });
  }
  if (config !== undefined) return begin(config, options);
  throw new RunsError('RESUME', {
    where: 'resume',
    expected: 'a checkpoint to go on from',
    received: 'none',
    fix: 'Start a new run.',
  });
}

/**
 * Goes on from one checkpoint of a run, as the run did, or begins as it began: nothing is written, but into the memory of `storage`.
 *
 * @param from default: its beginning
 * @param kept where the run's own checkpoints are
 * @param options.config what it goes on as, or begins as. Default: what the checkpoint says
 */
export async function computeAgain(
  from: Checkpoint | undefined,
  kept: CheckpointStorage,
  {
    config,
    everySteps,
    keepLast = 1,
    ...options
  }: RunOptions & { config?: RunConfig } & Pick<CheckpointPolicy, 'everySteps' | 'keepLast'>,
): Promise<Run & { options: TrainOptions; storage: CheckpointStorage }> {
  const recorded = from && parseRunConfig(from.config, from.name);
  const storage = from === undefined ? memoryStorage() : inMemoryOver(kept);
  const checkpoints = { storage, everySteps, keepLast };
  const run = await begin(
    config ?? recorded!,
    { ...options, checkpoints },
    from && { ...from, config: recorded! },
  );
  return { ...run, storage };
}

/** What `kept` has can be read, and what is written stays in memory. */
function inMemoryOver(kept: CheckpointStorage): CheckpointStorage {
  const memory = memoryStorage();
  return {
    ...memory,
    async read(name) {
      return ((await memory.list()).includes(name) ? memory : kept).read(name);
    },
    async list() {
      return [...new Set([...(await memory.list()), ...(await kept.list())])];
    },
  };
}

async function begin(
  config: RunConfig,
  { data: pictures, weights, ...options }: RunOptions,
  resume?: Checkpoint,
): Promise<Run & { options: TrainOptions }> {
  requirePieces(config, 'config');
  const { task, training } = config;
  const data = runData(config, pictures);
  if (weights !== undefined && training.weights === null) throw unnamed(weights);
  const { model, report } =
    training.weights === null || resume !== undefined
      ? { model: newModel({ task, model: training.model }, training.seed), report: undefined }
      : await startingModel(config, weights);
  const { signal, checkpoints } = options;
  const { stages } = training;
  // A page that never trains in stages leaves their code out.
  const staged = stages === 'full' ? undefined : await import('./stages.js');
  const frozen =
    stages === 'frozen' ? await staged!.frozenRun(model, config, data, { resume, signal }) : undefined;
  const place = { storage: checkpoints?.storage ?? memoryStorage(), signal };
  let first: FirstStage | undefined;
  if (stages === 'auto') {
    if (resume === undefined) first = await staged!.solveFirst(model, config, data, place);
    else await staged!.requireFirst(place.storage);
  }
  const common = { ...trainOptionsOf(training, pictures.train), model, data };
  const all = { ...options, ...common, ...frozen?.options, resume, config, mayDiffer };
  const trained = train(all);
  const events = stages === 'auto' ? staged!.untilDecided(trained, model, config, data, place) : trained;
  return { model, config, data, report, frozen: frozen?.facts ?? first, events, options: all };
}

function unnamed({ file }: WeightsToStart): RunsError {
  return new RunsError('OPTION', {
    where: 'weights',
    expected: 'none, as training.weights is null',
    received: file.name,
    fix: 'Name them in the configuration: configure(recipe, task, { weights: { name, sha256, newHead } }).',
  });
}
