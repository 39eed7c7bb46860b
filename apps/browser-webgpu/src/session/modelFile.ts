import { decodeModel } from '@residual/recipes';
import shipped from '../shipped/resnet20.safetensors?url';
import { ModelInHand } from './modelInHand.js';
import type { ModelFacts } from './session.js';

/**
 * The network of a model file.
 *
 * @throws RecipesError `MODEL`, WeightsError when it's something else or damaged.
 */
export function readModel(
  bytes: Uint8Array,
  where: string,
  provenance: ModelFacts['provenance'],
  step: number | null = null,
): ModelInHand {
  const { model, recipe, classNames } = decodeModel(bytes, where);
  return new ModelInHand(model, recipe, classNames, provenance, step);
}

/** The trained network that comes with the page. */
export async function shippedModel(): Promise<ModelInHand> {
  const response = await fetch(shipped);
  if (!response.ok) throw new Error(`The network that comes with the page: HTTP status ${response.status}.`);
  return readModel(new Uint8Array(await response.arrayBuffer()), 'resnet20.safetensors', 'shipped');
}
