import { type Module, type StateValue, stateDict } from '@residual/blocks';
import { classNames as fashionClassNames } from '@residual/fashion-mnist';
import type { ResNet } from '@residual/models';
import type { Json } from '@residual/trainer';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '@residual/weights';
import { buildModel } from './buildModel.js';
import type { RunConfig } from './config.js';
import { RecipesError } from './error.js';
import { parseConfig } from './parseConfig.js';
import type { Recipe } from './recipe.js';

const FORMAT = 'residual-model';

/** What a model file says of its network: enough to build it, to prepare its pictures and to name its answers. */
export interface ModelFacts {
  recipe: Recipe;
  /** In the order of the logits. */
  classNames: readonly string[];
}

/**
 * A model as one safetensors file: every parameter and buffer by its path, its recipe and class names in the metadata.
 * All of the weights are those of one moment, also while a run goes on.
 *
 * @example
 * const bytes = await encodeModel(run.model, run.config); // a model.safetensors
 */
export async function encodeModel(model: Module, { recipe, classNames }: ModelFacts): Promise<Uint8Array> {
  const read = [...stateDict(model)].map(async ([path, variable]): Promise<[string, TensorData]> => {
    const data = await variable.data<'float32'>();
    return [path, { dtype: 'F32', shape: variable.shape, data }];
  });
  return encodeSafetensors(new Map(await Promise.all(read)), {
    format: FORMAT,
    recipe: JSON.stringify(recipe),
    classNames: JSON.stringify(classNames),
  });
}

/**
 * Builds the network of a model file, with its weights: to evaluate and predict with, or to look inside.
 *
 * @param where for messages, such as the file's name
 * @returns the model, which belongs to the caller, and what the file says of it
 * @throws RecipesError `MODEL` when it's another kind of file, or its weights are another network's or not finite;
 *   WeightsError when it's no safetensors file, or a damaged one.
 *
 * @example
 * const { model, recipe, classNames } = decodeModel(bytes, 'model.safetensors');
 * const [likeliest] = await classify(model, picture, recipe, { classNames });
 */
export function decodeModel(bytes: Uint8Array, where: string): ModelFacts & { model: ResNet } {
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  const config = configOf(metadata, where);
  const values = new Map([...tensors].flatMap(([path, tensor]) => floatsOf(path, tensor)));
  requireFinite(values, where);
  try {
    const { recipe, classNames } = config;
    return { model: buildModel(config, values), recipe, classNames };
  } catch (cause) {
    const expected = `the weights of ${config.recipe.model}, as its metadata says`;
    throw unusable(where, expected, 'those of another network', cause);
  }
}

function configOf({ format, recipe, classNames }: Record<string, string>, where: string): RunConfig {
  const expected = 'a model that this library wrote';
  if (format !== FORMAT) {
    const received = format === undefined ? 'no format' : `the format ${JSON.stringify(format.slice(0, 40))}`;
    throw unusable(where, expected, received);
  }
  try {
    // The first such files held no class names: they were all of Fashion-MNIST.
    const names: Json = classNames === undefined ? [...fashionClassNames] : JSON.parse(classNames);
    return parseConfig({ recipe: JSON.parse(recipe!), limit: null, classNames: names }, where);
  } catch (cause) {
    throw unusable(where, `${expected}, with its recipe`, 'other metadata', cause);
  }
}

/** Training stops before a weight is anything else: so the file is damaged. */
function requireFinite(values: ReadonlyMap<string, StateValue>, where: string): void {
  for (const [path, { data }] of values) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) throw unusable(`${where}: ${path}`, 'finite weights', `${data[bad]} at position ${bad}`);
  }
}

function floatsOf(path: string, { shape, data }: TensorData): [string, StateValue][] {
  return data instanceof Float32Array ? [[path, { shape, data }]] : [];
}

function unusable(where: string, expected: string, received: string, cause?: unknown): RecipesError {
  const fix = 'Use the model.safetensors of a finished run.';
  return new RecipesError('MODEL', { where, expected, received, fix }, { cause });
}
