import * as tf from '@tensorflow/tfjs-core';
import { ConformanceError } from './error.js';

/** A tensor's numbers outside of any backend. */
export interface Values {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array | Int32Array;
}

/** How many elements a shape has. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** By their tag: an addon's arrays may be of another realm than a test file's, as in Jest. */
export function isIntegers(data: Values['data']): boolean {
  return data[Symbol.toStringTag] === 'Int32Array';
}

/** A tensor on the active backend: int32 for integers, float32 for floats. It never shares memory with `values`. */
export function toTensor({ shape, data }: Values): tf.Tensor {
  const integers = isIntegers(data);
  const copy = integers ? Int32Array.from(data) : Float32Array.from(data);
  return tf.tensor(copy, [...shape], integers ? 'int32' : 'float32');
}

/** Reads a tensor back; the tensor stays. */
export async function readValues(where: string, tensor: tf.Tensor): Promise<Values> {
  const data = await tensor.data();
  const type = data[Symbol.toStringTag];
  if (type === 'Float32Array' && tensor.dtype === 'float32')
    return { shape: tensor.shape, data: Float32Array.from(data) };
  if (type === 'Int32Array' && tensor.dtype === 'int32')
    return { shape: tensor.shape, data: Int32Array.from(data) };
  throw new ConformanceError('SHAPE', {
    where,
    expected: 'float32 in a Float32Array or int32 in an Int32Array',
    received: `${tensor.dtype} in a ${type}`,
    fix: 'Give the type that the operation promises.',
  });
}

/** The position of a flat index, such as `[0, 2, 3]`. */
export function positionOf(index: number, shape: readonly number[]): string {
  const position: number[] = [];
  let rest = index;
  for (const length of [...shape].reverse()) {
    position.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return `[${position.join(', ')}]`;
}
