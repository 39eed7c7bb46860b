import { dispose, init, loadStateDict, stateShapes, zeros } from '@residual/blocks';
import type { Piece } from '@residual/data';
import type { Classifier } from '@residual/trainer';
import {
  type FitOptions,
  type FittedWeights,
  fitWeights,
  type LoadReport,
  requireWhole,
  type StoredTensor,
  streamSafetensors,
  type WeightsFile,
} from '@residual/weights';
import type { RunConfig } from './config.js';
import { RunsError } from './error.js';
import { metadataOf } from './modelFile.js';
import { inputShapeOf, type ModelFacts, networkOf } from './network.js';
import { modelOf } from './pieces.js';

/** A network without its task: enough for the shapes of its weights. */
export interface NetworkFacts {
  /** A row of `@residual/models`, or one of `defineModel`. */
  model: Piece;
  /** Of its pictures. */
  channels: number;
  numClasses: number;
}

/**
 * Finds a network's tensors in a file of weights, whatever library wrote it, before a value is read.
 *
 * @throws RunsError `MISSING_PIECE`; WeightsError as `fitWeights`. Whether all were found says the report: `requireWhole`.
 *
 * @example
 * const { tensors, report } = fitNetwork(file, { model: { name: 'resnet50' }, channels: 3, numClasses: 1000 });
 */
export function fitNetwork(
  file: WeightsFile,
  { model, channels, numClasses }: NetworkFacts,
  options?: FitOptions,
): FittedWeights {
  const { create, inputShape } = modelOf(model, 'model');
  const [height, width] = inputShape;
  return fitWeights(file, stateShapes(create({ numClasses }), [1, height, width, channels]), options);
}

export interface LoadWeightsOptions extends FitOptions {
  /** Of the values that a new head begins with. Default: 0. */
  seed?: number;
}

/**
 * Builds a task's network with the weights of a file, whatever library wrote it.
 *
 * @param options `adaptStem` for weights of grey pictures in place of colour ones or the other way round, `newHead` for weights of
 *   other classes, or of none
 * @returns the model, which belongs to the caller, and what became of each tensor
 * @throws WeightsError `MISMATCH` when tensors are missing, unexpected or of other shapes, `FORMAT` when they are damaged; RunsError
 *   `MODEL` when one is not finite, `MISSING_PIECE`.
 *
 * @example
 * const { model, report } = await loadWeights(file, { task, model: { name: 'resnet50' } }, { newHead: true });
 */
export async function loadWeights(
  file: WeightsFile,
  facts: ModelFacts,
  { seed = 0, ...options }: LoadWeightsOptions = {},
): Promise<{ model: Classifier; report: LoadReport }> {
  const { task } = facts;
  const network = { model: facts.model, channels: task.picture.channels, numClasses: task.classNames.length };
  const { tensors, report } = fitNetwork(file, network, options);
  requireWhole(report);
  // What the file has starts as zeros: it is about to be set, one tensor after the other, so that no second copy is in memory.
  const model = init(networkOf(facts), inputShapeOf(task), {
    seed,
    initializer: ({ path }) => (tensors.has(path) ? zeros : undefined),
  });
  try {
    for (const [path, tensor] of finiteTensors(tensors, file.name)) {
      const { shape, data } = await tensor.read();
      loadStateDict(model, new Map([[path, { shape, data: data as Float32Array }]]), { strict: false });
    }
  } catch (error) {
    dispose(model);
    throw error;
  }
  return { model, report };
}

/** An opened file of weights, and which one it is. */
export interface WeightsToStart {
  file: WeightsFile;
  /** Of the file, or of several one after the other: 64 hexadecimal digits. */
  sha256: string;
}

/** A run's network with the weights that its configuration names: its stem for the task's channels, its head new where that says so. */
export async function startingModel(
  { task, training }: RunConfig,
  weights: WeightsToStart | undefined,
): Promise<{ model: Classifier; report: LoadReport }> {
  const { name, sha256, newHead } = training.weights!;
  if (weights?.sha256 !== sha256) {
    throw new RunsError('MODEL', {
      where: 'weights',
      expected: `${name} with the SHA-256 ${sha256}, as training.weights says`,
      received: weights === undefined ? 'none' : `${weights.file.name} with ${weights.sha256}`,
      fix: 'Give the file that the run begins with.',
    });
  }
  const options = { adaptStem: true, newHead, seed: training.seed };
  return loadWeights(weights.file, { task, model: training.model }, options);
}

/**
 * The bytes of a model file with these weights, as `encodeModel` writes them, one tensor in memory at a time.
 *
 * @param tensors all of the network's, as `fitNetwork` finds them
 * @throws RunsError `MODEL` at a value that is not finite.
 *
 * @example
 * for await (const bytes of streamModel(tensors, { task, model: { name: 'resnet50' } })) await output.write(bytes);
 */
export function streamModel(
  tensors: ReadonlyMap<string, StoredTensor>,
  facts: ModelFacts,
): AsyncGenerator<Uint8Array> {
  return streamSafetensors(finiteTensors(tensors, facts.model.name), metadataOf(facts));
}

/**
 * The same tensors, refused when they are read where one has a value that no network can compute with.
 *
 * @param where for messages, such as the file's name
 * @throws RunsError `MODEL`, by a tensor's `read`.
 */
export function finiteTensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  where: string,
): Map<string, StoredTensor> {
  const checked = ([path, tensor]: [string, StoredTensor]): [string, StoredTensor] => [
    path,
    {
      ...tensor,
      read: async () => {
        const read = await tensor.read();
        const values = read.data as Float32Array;
        let bad = 0; // a loop: there are a hundred million of them
        while (bad < values.length && Number.isFinite(values[bad])) bad++;
        if (bad === values.length) return read;
        throw new RunsError('MODEL', {
          where: `${where}: ${path}`,
          expected: 'finite weights',
          received: `${values[bad]} at position ${bad}`,
          fix: 'Use weights of a training that went well.',
        });
      },
    },
  ];
  return new Map([...tensors].map(checked));
}
