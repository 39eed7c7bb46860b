import type { Pictures, Step } from '@residual/data';
import { describeSteps, mirrors } from '@residual/pictures';
import type { RunConfig, RunParts } from '@residual/runs';
import { formatCount, formatDuration } from '../format.js';
import type { ClassBalance, PartCounts, RunEvent, TimePlan } from './eventLog.js';

/** What a run does to its pictures, and how even its classes are: what nobody should have to guess. */
export function describeRun(
  { task, training }: RunConfig,
  { train, validation, test, validatedBy }: RunParts,
): Pick<RunEvent, 'pictures' | 'training' | 'classes' | 'parts'> {
  const { height, width, channels } = task.picture;
  const size = `${height}x${width} ${channels === 1 ? 'grey' : 'colour'}`;
  const normalized = task.normalize === null ? 'levels from 0 to 1' : 'normalized by mean and deviation';
  return {
    pictures: [size, ...describeSteps(task.steps), normalized],
    training: [
      ...training.augment.map(describeStep),
      ...(training.balance === 'sampler' ? ['each class equally often'] : []),
      ...(training.balance === 'loss' ? ['logits adjusted by how often each class comes'] : []),
      ...(training.mix === null ? [] : [`${training.mix.name}, alpha ${training.mix.alpha}`]),
      ...(training.dropLast ? ['without a last batch that is not full'] : []),
    ],
    classes: classBalance(train),
    parts: {
      train: train.length,
      validation: validation?.length ?? 0,
      validatedBy,
      test: test?.length ?? 0,
    },
  };
}

/** The ratio of the largest class to the smallest from which on it is said what can be done: a run is judged by the large ones. */
export const UNEVEN = 3;

function describeStep(step: Step): string {
  const [words] = describeSteps([step]);
  return mirrors(step) ? `${words} (--no-flip if a mirror image is something else)` : words!;
}

function classBalance({ labels, classNames }: Pictures): ClassBalance {
  const counts = new Uint32Array(classNames.length);
  for (const label of labels) counts[label]!++;
  const byCount = Array.from(counts, (pictures, i) => ({ className: classNames[i]!, pictures }))
    .filter(({ pictures }) => pictures > 0)
    .sort((a, b) => a.pictures - b.pictures);
  const untrained = classNames.filter((_, i) => counts[i] === 0);
  return {
    count: classNames.length,
    fewest: byCount[0]!,
    most: byCount.at(-1)!,
    ...(untrained.length > 0 && { untrained }),
  };
}

/** How many pictures are for what, in words. */
export function partsText({ train, validation, validatedBy, test }: PartCounts): string {
  const [trained, validated, tested] = [train, validation, test].map(formatCount);
  const judged = test === 0 ? 'no test part' : `${tested} to test with, once at the end`;
  switch (validatedBy) {
    case 'validation':
      return `${trained} images to train on, ${validated} to validate with; ${judged}`;
    case 'held out':
      return `${trained} images to train on, ${validated} held out of them to validate with; ${judged}`;
    case 'test':
      return `${trained} images to train on; the ${tested} of the test part validate too, so that what is chosen by them looks better than it is (--hold-out)`;
    case 'nothing':
      return `${trained} images to train on, none to validate or test with`;
  }
}

/** What --minutes came to, in words. */
export function planText({ minutes, epochs, secondsPerEpoch, testSeconds, seconds }: TimePlan): string {
  const test = testSeconds === 0 ? '' : ` and ${formatDuration(testSeconds)} for the test`;
  return (
    `${formatCount(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'} of ${formatDuration(secondsPerEpoch)}${test}, as measured: ` +
    `${formatDuration(seconds)} of ${formatDuration(60 * minutes)}; the schedule is that of ${epochs === 1 ? 'this epoch' : 'these epochs'}`
  );
}
