import { dispose, loadStateDict, readStateDict } from '@residual/blocks';
import {
  type Checkpoint,
  type CheckpointStorage,
  type Classifier,
  comparePredictions,
  type EndEvent,
  predictions,
  type TrainEvent,
  type TrainOptions,
} from '@residual/trainer';
import type { RunConfig, Training } from './config.js';
import { RunsError } from './error.js';
import { type CachedFeatures, frozenTrunk, solvedHead } from './frozenTrunk.js';
import { headAlone } from './headAlone.js';
import { batchesOf, type RunData, taskInput } from './input.js';
import { decodeModel, encodeModel } from './modelFile.js';
import { trainOptionsOf } from './trainOptions.js';

/** Beside the checkpoints: what the first stage came to, until the second is judged against it. */
const FILE = 'frozen.safetensors';
/** From which on two stages differ by chance. */
const BY_CHANCE = 0.1;

/** What a stage comes to in validation. */
export interface StageFigures {
  /** Mean cross-entropy, in nats. */
  loss: number;
  /** In [0, 1]. */
  accuracy: number;
}

/** How a run in two stages ended: which of them the model is of, and why. Before the trainer's end. */
export interface StagesEvent {
  type: 'stages';
  /** `frozen`: the head alone was trained; `full`: all layers, from there. */
  kept: 'frozen' | 'full';
  /** By which validation figure: accuracy, where McNemar's p is below 0.1, else the loss. */
  decidedBy: 'accuracy' | 'loss';
  frozen: StageFigures;
  full: StageFigures;
  /** How many pictures validated. */
  count: number;
  /** How many of them the frozen stage alone answers right, and the full one alone. */
  onlyFrozen: number;
  onlyFull: number;
  /** The accuracy of the full stage less that of the frozen one, and where it is with 95 % confidence. */
  difference: number;
  interval: [low: number, high: number];
  /** McNemar's, exact and two-sided. */
  p: number;
}

/** Where the first stage is kept, and what stops the work. */
interface Place {
  storage: CheckpointStorage;
  signal: AbortSignal | undefined;
}

/** What a first stage leaves: features that nobody needs any more, and a head. */
export type FirstStage = CachedFeatures & { weightDecay: number | undefined };

/** What is trained of a network with a frozen trunk, and on what. */
export async function frozenRun(
  model: Classifier,
  config: RunConfig,
  { parts }: RunData,
  { resume, signal }: { resume: Checkpoint | undefined; signal: AbortSignal | undefined },
): Promise<{ options: Partial<TrainOptions>; facts: FirstStage }> {
  const { training } = config;
  if (resume !== undefined) loadStateDict(model, resume.model);
  const { features, ...trunk } = await frozenTrunk(model, config, parts, signal);
  const groups = [...training.groups, ...trunk.groups];
  const options = { ...trunk, groups };
  const { weightDecay } = await solvedHead(
    { ...trainOptionsOf(training, parts.train), ...options, signal },
    config,
  );
  const { optimizer } = training;
  return {
    options: { ...options, optimizer: weightDecay === undefined ? optimizer : { ...optimizer, weightDecay } },
    facts: { ...features, weightDecay },
  };
}

/**
 * The first of two stages: solves the head of a network on features of its frozen trunk, and keeps the whole in the storage.
 *
 * @throws RunsError `OPTION` without pictures to validate with.
 */
export async function solveFirst(
  model: Classifier,
  config: RunConfig,
  { parts }: RunData,
  { storage, signal }: Place,
): Promise<FirstStage> {
  if (parts.validation === undefined) throw noValidation();
  const { loss } = config.training;
  // The user's own weights of classes stay, and a loss of one's own.
  const plain = 'labelSmoothing' in loss ? { ...loss, labelSmoothing: 0 } : loss;
  const alone = { patience: null, accumulate: 1, groups: [] };
  const training: Training = { ...config.training, ...headAlone, ...alone, loss: plain };
  const {
    model: head,
    data,
    groups,
    features,
  } = await frozenTrunk(model, { ...config, training }, parts, signal);
  const options = { ...trainOptionsOf(training, parts.train), model: head, data, groups, signal };
  const { weightDecay, values } = await solvedHead(options, config);
  loadStateDict(head.head, values);
  const { task } = config;
  await storage.write(FILE, await encodeModel(model, { task, model: training.model }));
  return { ...features, weightDecay };
}

/** @throws RunsError `RESUME` where the first stage of a run that goes on is gone. */
export async function requireFirst(storage: CheckpointStorage): Promise<void> {
  if ((await storage.list()).includes(FILE)) return;
  throw new RunsError('RESUME', {
    where: 'checkpoints',
    expected: `${FILE}, with which the trained network is compared`,
    received: 'none',
    fix: 'Put it back, or start a new run.',
  });
}

/** The same events, and what was decided before the end: when the run is over, and the model has its averaged weights. */
export async function* untilDecided(
  events: AsyncGenerator<TrainEvent, void, undefined>,
  model: Classifier,
  config: RunConfig,
  data: RunData,
  place: Place,
): AsyncGenerator<TrainEvent | StagesEvent, void, undefined> {
  let end: EndEvent | undefined;
  for await (const event of events) {
    if (event.type === 'end') end = event;
    else yield event;
  }
  if (end === undefined) return;
  try {
    if (end.reason === 'completed') yield await decideStages(model, config, data, place);
  } catch (error) {
    if (!place.signal?.aborted) throw error;
    end = { ...end, reason: 'aborted' };
  }
  yield end;
}

/**
 * Compares the network that was trained whole with the first stage, by the pictures that validate, and leaves in it the better one: that with
 * more right answers where McNemar's test says that they aren't so by chance, else that with the smaller loss.
 */
async function decideStages(
  model: Classifier,
  { task, training }: RunConfig,
  { parts }: RunData,
  { storage, signal }: Place,
): Promise<StagesEvent> {
  const input = taskInput(task);
  const { batchSize } = training;
  const judge = (network: Classifier) =>
    predictions(network, batchesOf(parts.validation!, input, { batchSize }), input.prepare, { signal });
  const full = await judge(model);
  const { model: other } = decodeModel(await storage.read(FILE), FILE);
  try {
    const frozen = await judge(other);
    const { onlyFirst, onlySecond, ...compared } = comparePredictions(frozen.examples, full.examples);
    const decidedBy = compared.p < BY_CHANCE ? 'accuracy' : 'loss';
    const isFull = decidedBy === 'accuracy' ? onlySecond > onlyFirst : full.loss < frozen.loss;
    if (!isFull) loadStateDict(model, await readStateDict(other));
    return {
      type: 'stages',
      kept: isFull ? 'full' : 'frozen',
      decidedBy,
      frozen: { loss: frozen.loss, accuracy: frozen.accuracy },
      full: { loss: full.loss, accuracy: full.accuracy },
      onlyFrozen: onlyFirst,
      onlyFull: onlySecond,
      ...compared,
    };
  } finally {
    dispose(other);
  }
}

function noValidation(): RunsError {
  return new RunsError('OPTION', {
    where: 'training.stages',
    expected: 'frozen or full without pictures to validate with',
    received: 'auto, which decides by them',
    fix: 'Hold some out, or choose.',
  });
}
