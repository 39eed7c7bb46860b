import type { Task } from '@residual/data';
import { fiveCrops } from '@residual/runs';
import { type Classifier, mirrored } from '@residual/trainer';
import type { Tta } from '../sharedOptions.js';

/** The model that answers by several views of each picture, and the task that makes them. */
export function withViews(tta: Tta, model: Classifier, task: Task): { model: Classifier; task: Task } {
  return tta === 'crops' ? fiveCrops(model, task) : { model: mirrored(model), task };
}
