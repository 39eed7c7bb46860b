import { init, loadStateDict, type Module, type StateValue, stateDict } from '@residual/blocks';
import { models, type ResNet } from '@residual/models';
import type { RunConfig } from '@residual/recipes';
import { type Json, latestCheckpoint, weightsOf } from '@residual/trainer';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '@residual/weights';
import { CommandError } from '../error.js';
import type { RunFolder } from './folder.js';

/** A model as one safetensors file: every parameter and buffer by its path, and its recipe in the metadata. */
export async function encodeModel(model: Module, recipe: Json): Promise<Uint8Array> {
  const tensors = new Map<string, TensorData>();
  for (const [path, variable] of stateDict(model)) {
    tensors.set(path, { dtype: 'F32', shape: variable.shape, data: await variable.data<'float32'>() });
  }
  return encodeSafetensors(tensors, { format: 'residual-model', recipe: JSON.stringify(recipe) });
}

/**
 * Builds a run's network with the weights it has learnt: those of `model.safetensors`, or, while the run isn't over,
 * of its latest checkpoint.
 *
 * @returns the model, which belongs to the caller, and the file its weights came from
 * @throws CommandError `RUN_FOLDER` when there are none yet; WeightsError, TrainerError or BlocksError when they are
 *   damaged, or another network's.
 */
export async function loadModel(
  folder: RunFolder,
  { recipe, classNames }: RunConfig,
): Promise<{ model: ResNet; file: string }> {
  const { file, values } = await readWeights(folder);
  requireFinite(file, values);
  const model = models[recipe.model].create({ numClasses: classNames.length });
  init(model, [1, ...recipe.inputSize, 1], { seed: recipe.seed });
  try {
    loadStateDict(model, values);
  } catch (error) {
    throw new CommandError(
      'RUN_FOLDER',
      {
        where: file,
        expected: `the weights of ${recipe.model}, as config.json says`,
        received: 'those of another network',
        fix: "Put the run's own files back, or train it again.",
      },
      { cause: error },
    );
  }
  return { model, file };
}

async function readWeights(folder: RunFolder): Promise<{ file: string; values: Map<string, StateValue> }> {
  if (await folder.isComplete()) {
    const file = folder.file('model.safetensors');
    const { tensors } = decodeSafetensors(await folder.readModel(), file);
    return { file, values: new Map([...tensors].flatMap(([path, tensor]) => floatsOf(path, tensor))) };
  }
  const checkpoint = await latestCheckpoint(folder.checkpoints);
  if (checkpoint === undefined) {
    throw new CommandError('RUN_FOLDER', {
      where: folder.path,
      expected: 'a trained model',
      received: 'a run without a checkpoint so far',
      fix: `Train it first: residual train --resume ${folder.path}.`,
    });
  }
  return { file: folder.file(`checkpoint/${checkpoint.name}`), values: weightsOf(checkpoint) };
}

/** Training stops before a weight is anything else: so the file is damaged. */
function requireFinite(file: string, values: ReadonlyMap<string, StateValue>): void {
  for (const [path, { data }] of values) {
    const bad = data.findIndex((value) => !Number.isFinite(value));
    if (bad < 0) continue;
    throw new CommandError('RUN_FOLDER', {
      where: `${file}: ${path}`,
      expected: 'finite weights',
      received: `${data[bad]} at position ${bad}`,
      fix: "Put the run's own files back, or train it again.",
    });
  }
}

function floatsOf(path: string, { shape, data }: TensorData): [string, StateValue][] {
  return data instanceof Float32Array ? [[path, { shape, data }]] : [];
}
