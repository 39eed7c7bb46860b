import type { Piece } from '@residual/data';
import type { Training } from './config.js';
import { RunsError } from './error.js';
import { type ScheduleValue, scheduleValue } from './schedules.js';

/** What may differ from the recipe in how a network is trained. */
export interface TrainingOverrides {
  /** The name of a schedule of the trainer, with its own options, or a value whole. */
  schedule?: string | ScheduleValue;
  /** The share of the run during which the learning rate rises. */
  warmup?: number;
  /** Share of each target spread over all classes. */
  labelSmoothing?: number;
  /** How much a picture of each class counts, or by how few there are of it. */
  classWeights?: readonly number[] | 'balanced';
  /** gamma of the focal loss, in the place of the recipe's loss. */
  focal?: number;
  /** alpha of mixup. */
  mixup?: number;
  /** alpha of CutMix. */
  cutmix?: number;
  /** How often answers take it that each class comes. */
  prior?: Training['prior'];
  /** Patterns of paths that aren't trained, beside the recipe's. */
  freeze?: readonly string[];
  /** The epoch, from 2, with which all that is frozen is trained after all. */
  unfreezeAt?: number;
  layerDecay?: number;
  /** How many batches a step is of. */
  accumulate?: number;
  /** How many epochs without a better validation accuracy end the run. */
  patience?: number;
  /** The share of the epochs, the last ones, whose weights are averaged in the end. */
  swa?: number;
}

/**
 * A training with these overrides.
 *
 * @throws RunsError `OPTION` naming the override, what it may be, and what to do
 */
export function withTrainingOverrides(training: Training, overrides: TrainingOverrides): Training {
  const { schedule, warmup, mixup, cutmix, prior, layerDecay, accumulate, patience, swa } = overrides;
  requireNumber('warmup', warmup, shareBelowOne, 'It is a share of the run, such as 0.05.');
  requireNumber('mixup', mixup, aboveZero, 'Try 0.2, or leave it out.');
  requireNumber('cutmix', cutmix, aboveZero, 'Try 1, or leave it out.');
  requireNumber('layerDecay', layerDecay, shareAboveZero, 'Try 0.75, or leave it out.');
  requireNumber('accumulate', accumulate, positiveInteger, 'Leave it out for steps of one batch.');
  requireNumber('patience', patience, positiveInteger, 'Try 5, or leave it out.');
  requireNumber('swa', swa, shareAboveZero, 'Try 0.25, or leave it out.');
  if (mixup !== undefined && cutmix !== undefined) {
    throw refusal('cutmix', 'none beside mixup', String(cutmix), 'Leave one of them out.');
  }
  return {
    ...training,
    schedule: { ...scheduleValue(schedule, training.schedule), ...(warmup !== undefined && { warmup }) },
    loss: lossOf(training.loss, overrides),
    ...(mixup !== undefined && { mix: { name: 'mixup', alpha: mixup } }),
    ...(cutmix !== undefined && { mix: { name: 'cutmix', alpha: cutmix } }),
    ...(prior !== undefined && { prior }),
    groups: groupsOf(training, overrides),
    layerDecay: layerDecay ?? training.layerDecay,
    accumulate: accumulate ?? training.accumulate,
    patience: patience ?? training.patience,
    swa: swa ?? training.swa,
  };
}

function groupsOf(
  { groups, epochs }: Training,
  { freeze = [], unfreezeAt }: TrainingOverrides,
): Training['groups'] {
  const all = [...groups, ...freeze.map((pattern) => ({ pattern, frozen: true }))];
  if (unfreezeAt === undefined) return all;
  requireNumber('unfreezeAt', unfreezeAt, laterEpoch, `The recipe has ${epochs} epochs.`);
  if (all.some(({ frozen }) => frozen))
    return all.map((group) => (group.frozen ? { ...group, unfreezeAt } : group));
  throw refusal(
    'unfreezeAt',
    'something that is frozen',
    'nothing',
    'Say what, such as stem or stages.0, by freeze.',
  );
}

function lossOf(
  loss: Piece,
  {
    labelSmoothing,
    classWeights,
    focal,
  }: Pick<TrainingOverrides, 'labelSmoothing' | 'classWeights' | 'focal'>,
): Piece {
  requireNumber('labelSmoothing', labelSmoothing, shareBelowOne, 'Try 0.1, or 0 for none.');
  requireNumber('focal', focal, notBelowZero, 'Try 2, or leave it out for cross-entropy.');
  if (Array.isArray(classWeights)) {
    for (const weight of classWeights)
      requireNumber('classWeights', weight, aboveZero, 'Give each class one.');
  }
  const changes = {
    ...(labelSmoothing !== undefined && { labelSmoothing }),
    ...(classWeights !== undefined && { classWeights }),
  };
  const [option] = Object.keys({ ...changes, ...(focal !== undefined && { focal }) });
  if (option === undefined) return loss;
  if (loss.version !== undefined) {
    const fix = "Leave it out: a loss of one's own has its own settings.";
    throw refusal(option, 'a loss of this library', JSON.stringify(loss.name), fix);
  }
  const { labelSmoothing: smoothing, classWeights: weights } = loss;
  const own = { labelSmoothing: smoothing, ...(weights !== undefined && { classWeights: weights }) };
  return { ...(focal === undefined ? loss : { name: 'focal', gamma: focal, ...own }), ...changes } as Piece;
}

/** What a number may be, in words and as a test. */
type Rule = readonly [expected: string, accepts: (value: number) => boolean];

const shareBelowOne: Rule = ['a number of at least 0 and below 1', (value) => value >= 0 && value < 1];
const shareAboveZero: Rule = ['a number above 0 and at most 1', (value) => value > 0 && value <= 1];
const positiveInteger: Rule = [
  'an integer of at least 1',
  (value) => Number.isSafeInteger(value) && value >= 1,
];
const laterEpoch: Rule = [
  'the number of an epoch from 2 on',
  (value) => Number.isSafeInteger(value) && value >= 2,
];
const aboveZero: Rule = ['a number above 0', (value) => value > 0 && Number.isFinite(value)];
const notBelowZero: Rule = ['a number of at least 0', (value) => value >= 0 && Number.isFinite(value)];

function requireNumber(
  where: string,
  value: number | undefined,
  [expected, accepts]: Rule,
  fix: string,
): void {
  if (value === undefined || accepts(value)) return;
  throw refusal(where, expected, String(value), fix);
}

function refusal(where: string, expected: string, received: string, fix: string): RunsError {
  return new RunsError('OPTION', { where, expected, received, fix });
}
