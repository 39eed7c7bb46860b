import type { StateValue } from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';

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
