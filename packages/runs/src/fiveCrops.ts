import type { Task } from '@residual/data';
import { FIVE_CROPS, fiveCrop } from '@residual/pictures';
import { type Classifier, piecewise } from '@residual/trainer';
import { RunsError } from './error.js';

/**
 * A model and its task for test-time augmentation by crops: the corners and the middle of each picture in place of the middle alone, the
 * answer the mean of their logits. Five times the cost. The model holds the other's parameters.
 *
 * @throws RunsError `OPTION` where the task's steps don't end with `centerCrop`: there is nothing left to cut.
 *
 * @example
 * const crops = fiveCrops(model, task);
 * const [best] = await classify(crops.model, photo, crops.task);
 */
export function fiveCrops(model: Classifier, task: Task): { model: Classifier; task: Task } {
  const last = task.steps.at(-1);
  const { height, width, channels } = task.picture;
  if (last?.name !== 'centerCrop') {
    throw new RunsError('OPTION', {
      where: 'crops',
      expected: "a task whose steps end with centerCrop, as the recipe photos' do",
      received: last === undefined ? 'none' : last.name,
      fix: 'Use mirror images in their place, or train with --crop random.',
    });
  }
  return {
    model: piecewise(model, FIVE_CROPS),
    task: {
      ...task,
      picture: { height: FIVE_CROPS * height, width, channels },
      steps: [...task.steps.slice(0, -1), fiveCrop({ height, width })],
    },
  };
}
