import type { Json, PictureBatch } from '@residual/data';
import type { Checkpoint, RunFacts } from '../checkpoint/checkpoint.js';
import { activeBackend } from '../checkpoint/runBackend.js';
import { type BatchSource, batchAt } from '../data.js';
import { TrainerError } from '../error.js';
import { learningRateAt, stepsPerEpoch, type TrainSettings } from '../options.js';
import { groupedParameters } from '../step/groups.js';
import { lossName } from '../step/loss.js';

const SAMPLES = 16;

/** @param firstBatch the one that the run begins with */
export function runFacts(settings: TrainSettings, firstBatch: PictureBatch): RunFacts {
  const { model, optimizer, maxEpochs, data, groups, layerDecay } = settings;
  const frozen = [...groupedParameters(model, settings)].flatMap(([path, { trainedFrom }]) =>
    Number.isFinite(trainedFrom) ? [] : path,
  );
  const source = data.train;
  const totalSteps = maxEpochs * stepsPerEpoch(settings);
  const steps = Array.from({ length: SAMPLES }, (_, i) => Math.floor((i * totalSteps) / SAMPLES));
  return {
    optimizer,
    loss: lossName(settings.loss) ?? null,
    labelSmoothing: settings.labelSmoothing,
    gradientClipNorm: settings.gradientClipNorm,
    averageDecay: settings.averageDecay ?? null,
    ...(settings.logitAdjustment && { logitAdjustment: [...settings.logitAdjustment] }),
    ...(settings.mix && { mix: settings.mix }),
    ...(groups !== undefined && groups.length > 0 && { groups: [...groups] }),
    ...(layerDecay !== undefined && { layerDecay }),
    ...(frozen.length > 0 && { frozen }),
    ...(settings.seed > 0 && { seed: settings.seed }),
    ...(settings.accumulate > 1 && { accumulate: settings.accumulate }),
    ...(settings.swa !== undefined && { swa: settings.swa }),
    ...(settings.patience !== undefined && { patience: settings.patience }),
    data: {
      name: source.dataset.name,
      examples: source.dataset.length,
      shape: firstBatch.shape.slice(1),
      classes: source.dataset.classNames?.length,
      batchSize: source.batchSize,
      batchesPerEpoch: source.batchesPerEpoch,
      firstBatch: fingerprint(firstBatch),
    },
    learningRates: sampleRates(settings, steps),
  };
}

/** Without the name of the data: the pictures are what a run is about, and they may have moved. */
function nameless({ data: { name: _, ...data }, ...facts }: RunFacts): Json {
  return { ...facts, data };
}

/** As if validation stood still from the first epoch on: so a schedule that goes by it shows what it does then. */
function sampleRates(settings: TrainSettings, steps: number[]): RunFacts['learningRates'] {
  const { maxEpochs } = settings;
  const epochSteps = stepsPerEpoch(settings);
  const stagnation = Array.from({ length: maxEpochs }, (_, i) => ({
    epoch: i + 1,
    step: (i + 1) * epochSteps,
    trainLoss: 1,
    trainAccuracy: 0,
    validationLoss: 1,
    validationAccuracy: 0,
    learningRate: 0,
  }));
  return [...new Set(steps)].map((step) => [step, learningRateAt(settings, step, stagnation)]);
}

/** The batch that a run begins with. */
export async function firstBatchOf(source: BatchSource): Promise<PictureBatch> {
  const batch = await batchAt(source, 0, 0);
  if (batch !== undefined) return batch;
  throw new TrainerError('OPTION', {
    where: `data.train (${source.dataset.name})`,
    expected: 'at least one batch an epoch',
    received: 'none',
    fix: 'Give it examples.',
  });
}

/** Stands for the pictures, their labels, order and augmentation: FNV-1a, 32 bits, in hexadecimal. */
function fingerprint({ images, labels, indices }: PictureBatch): string {
  let value = 0x811c9dc5;
  for (const array of [images, labels, indices]) {
    for (const element of array) value = Math.imul(value ^ element, 0x01000193);
  }
  return (value >>> 0).toString(16).padStart(8, '0');
}

/** A place where two values are not the same. */
export interface JsonDifference {
  /** Such as `optimizer.learningRate`. */
  path: string;
  expected: string;
  received: string;
}

/** Where `received` differs from `expected`. The order of keys doesn't matter; an absent key equals undefined. */
export function jsonDifferences(
  expected: Json | undefined,
  received: Json | undefined,
  path = '',
): JsonDifference[] {
  if (isObject(expected) && isObject(received)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(received)]);
    return [...keys].flatMap((key) =>
      jsonDifferences(expected[key], received[key], path === '' ? key : `${path}.${key}`),
    );
  }
  const [wanted, given] = [text(expected), text(received)];
  return wanted === given ? [] : [{ path, expected: wanted, received: given }];
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** Whether it is one of these settings, or a part of one. With any that isn't a {@link MayDiffer}, it would be another run. */
function mayDiffer(path: string, allowed: readonly string[] = []): boolean {
  return allowed.some(
    (one) =>
      /^(optimizer\.learningRate|learningRates|patience|config\..+)$/.test(one) &&
      (path === one || path.startsWith(`${one}.`)),
  );
}

/** @throws TrainerError `MISMATCH` naming each setting with which the checkpoint's run would not be continued. */
export function requireSameRun(checkpoint: Checkpoint, settings: TrainSettings, facts: RunFacts): void {
  const steps = checkpoint.facts.learningRates.map(([step]) => step);
  const present: RunFacts = { ...facts, learningRates: sampleRates(settings, steps) };
  const found = [
    ...jsonDifferences(nameless(checkpoint.facts), nameless(present)),
    ...jsonDifferences(checkpoint.config, settings.config, 'config'),
  ].filter(({ path }) => !mayDiffer(path, settings.mayDiffer));
  if (found.length === 0) return;
  const list = (side: 'expected' | 'received') =>
    found.map((difference) => `${difference.path} ${difference[side]}`).join(', ');
  const hasOtherData = found.some(({ path }) => path.startsWith('data.'));
  throw new TrainerError('MISMATCH', {
    where: checkpoint.name,
    expected: `the settings that it was written with: ${list('expected')}${hasOtherData ? ` (of ${checkpoint.facts.data.name})` : ''}`,
    received: list('received') + (hasOtherData ? ` (of ${facts.data.name})` : ''),
    fix: 'Resume with those, or start a new run in another place.',
  });
}

/**
 * Why the run won't be equal, to the bit, to one that was never stopped. These are warnings: training on is right, on
 * another machine or with a newer version as well; only the promise of equal bits ends.
 *
 * @param checkpoint or another record of the same, with the file's name
 */
export function otherBits({
  name,
  backend,
  arithmetic,
}: Pick<Checkpoint, 'name' | 'backend' | 'arithmetic'>): string[] {
  const here = activeBackend();
  const consequence = 'so the run will not be equal to the bit.';
  if (backend !== here.backend) {
    const text = `${name} was written on backend ${backend}; this is ${here.backend}, which rounds differently, `;
    return [text + consequence];
  }
  const quote = (value: string | undefined) => (value === undefined ? 'unknown' : `"${value}"`);
  return [...new Set([...Object.keys(arithmetic), ...Object.keys(here.arithmetic)])]
    .filter((key) => arithmetic[key] !== here.arithmetic[key])
    .map(
      (key) =>
        `${name} was written on backend ${backend} with ${key} ${quote(arithmetic[key])}; here it is ` +
        `${quote(here.arithmetic[key])}, which rounds differently, ${consequence}`,
    );
}
