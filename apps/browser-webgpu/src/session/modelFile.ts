import { init, loadStateDict, stateDict, zeros } from '@residual/blocks';
import { classNames } from '@residual/fashion-mnist';
import { models } from '@residual/models';
import { parseConfig } from '@residual/recipes';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '@residual/weights';
import shipped from '../shipped/resnet20.safetensors?url';
import { ModelInHand } from './modelInHand.js';

export async function encodeHand({ model, recipe }: ModelInHand): Promise<Uint8Array> {
  const tensors = new Map<string, TensorData>();
  for (const [path, variable] of stateDict(model)) {
    tensors.set(path, { dtype: 'F32', shape: variable.shape, data: await variable.data<'float32'>() });
  }
  return encodeSafetensors(tensors, { format: 'residual-model', recipe: JSON.stringify(recipe) });
}

export function readHand(bytes: Uint8Array, provenance: 'file' | 'shipped' = 'file'): ModelInHand {
  const { tensors, metadata } = decodeSafetensors(bytes, 'weights');
  const { recipe } = parseConfig(
    { recipe: JSON.parse(metadata.recipe!), limit: null, classNames: [...classNames] },
    'weights',
  );
  const model = models[recipe.model].create({ numClasses: classNames.length });
  init(model, [1, ...recipe.inputSize, 1], { seed: 0, initializer: () => zeros });
  loadStateDict(
    model,
    new Map([...tensors].map(([path, { shape, data }]) => [path, { shape, data: data as Float32Array }])),
  );
  return new ModelInHand(model, recipe, classNames, provenance, null);
}

export async function shippedHand(): Promise<ModelInHand> {
  const response = await fetch(shipped);
  return readHand(new Uint8Array(await response.arrayBuffer()), 'shipped');
}
