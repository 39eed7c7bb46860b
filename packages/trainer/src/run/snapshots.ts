import { readStateDict, type StateValue } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import type { Checkpoint, CheckpointState, CheckpointTensors } from '../checkpoint/checkpoint.js';
import type { Classifier } from '../judge/evaluate.js';
import type { OptimizerState } from '../step/optimizerState.js';

type State = CheckpointTensors & CheckpointState;

/** Keeps the latest state of a run in memory, outside of the device: what a run goes on from when the device is lost. */
export class Snapshots {
  readonly #everySeconds: number;
  #latest: Checkpoint | undefined;
  #taken = 0;

  constructor(everySeconds = 30) {
    this.#everySeconds = everySeconds;
  }

  get latest(): Checkpoint | undefined {
    return this.#latest;
  }

  async take(read: () => Promise<State>): Promise<void> {
    this.#latest = { ...(await read()), name: 'the snapshot in memory', passedOver: [] };
    this.#taken = performance.now();
  }

  async takeIfDue(read: () => Promise<State>): Promise<void> {
    if (performance.now() - this.#taken >= this.#everySeconds * 1000) await this.take(read);
  }
}

/** Reads all tensors that a run needs to go on. */
export async function tensorsOf(
  model: Classifier,
  optimizer: OptimizerState,
  means: ReadonlyMap<string, tf.Tensor> | undefined,
): Promise<CheckpointTensors> {
  const [values, slots, averages, swa] = await Promise.all([
    readStateDict(model),
    slotValues(optimizer.slots),
    valuesOf(optimizer.averages),
    valuesOf(means),
  ]);
  return { model: values, slots, averages, ...(swa && { swa }) };
}

/** Reads what an optimizer keeps, by slot. */
async function slotValues(
  slots: ReadonlyMap<string, ReadonlyMap<string, tf.Tensor>>,
): Promise<Map<string, Map<string, StateValue>>> {
  const read = [...slots].map(async ([name, tensors]) => [name, await valuesOf(tensors)] as const);
  return new Map(await Promise.all(read));
}

/** Reads float32 tensors from the device, all at once. */
export async function valuesOf(tensors: ReadonlyMap<string, tf.Tensor>): Promise<Map<string, StateValue>>;
export async function valuesOf(
  tensors: ReadonlyMap<string, tf.Tensor> | undefined,
): Promise<Map<string, StateValue> | undefined>;
export async function valuesOf(
  tensors: ReadonlyMap<string, tf.Tensor> | undefined,
): Promise<Map<string, StateValue> | undefined> {
  if (tensors === undefined) return undefined;
  const read = [...tensors].map(async ([path, tensor]): Promise<[string, StateValue]> => {
    const data = await tensor.data<'float32'>();
    return [path, { shape: tensor.shape, data }];
  });
  return new Map(await Promise.all(read));
}
