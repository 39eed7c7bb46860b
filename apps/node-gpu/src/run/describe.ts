import type { Pictures, Step } from '@residual/data';
import { describeSteps, mirrors } from '@residual/pictures';
import type { RunConfig, RunParts } from '@residual/runs';
import type { ClassBalance, RunEvent } from './eventLog.js';

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
  return { count: classNames.length, fewest: byCount[0]!, most: byCount.at(-1)! };
}
