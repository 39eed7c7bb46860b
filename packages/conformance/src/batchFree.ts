import { batchFree } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { assertSame } from './compare.js';
import { readValues, toTensor, type Values } from './values.js';

/** The batches in which the pictures stand beside all of them together: from the first picture on, so many. */
const BATCHES = [
  { first: 0, count: 1 },
  { first: 32, count: 1 },
  { first: 31, count: 2 },
  { first: 25, count: 8 },
  { first: 1, count: 32 },
];

/** How many pictures `checkBatchFree` takes. */
export const BATCH_FREE_PICTURES = 33;

/**
 * Throws unless `compute`, run inside ops' `batchFree`, gives each picture the same bits in batches of 1, 2, 8, 32 and 33, at other
 * places in them.
 *
 * @param pictures [33, ...]
 * @param compute from [B, ...] to [B, ...]; called inside a `tf.tidy`
 * @throws ConformanceError `BATCH`
 *
 * @example
 * await checkBatchFree('my network', pictures, (x) => model.forward(x, 'eval'));
 */
export async function checkBatchFree(
  where: string,
  pictures: Values,
  compute: (x: tf.Tensor4D) => tf.Tensor,
): Promise<void> {
  const together = await computeBatch(where, pictures, compute);
  for (const { first, count } of BATCHES) {
    const batch = `${where}, pictures ${first} to ${first + count - 1}`;
    const alone = await computeBatch(batch, picturesOf(pictures, first, count), compute);
    assertSame(batch, 'BATCH', alone, picturesOf(together, first, count));
  }
}

async function computeBatch(
  where: string,
  pictures: Values,
  compute: (x: tf.Tensor4D) => tf.Tensor,
): Promise<Values> {
  const y = tf.tidy(() => batchFree(() => compute(toTensor(pictures) as tf.Tensor4D)));
  const values = await readValues(where, y);
  y.dispose();
  return values;
}

/** `count` of them, from `first` on. */
function picturesOf({ shape: [pictures, ...shape], data }: Values, first: number, count: number): Values {
  const size = data.length / pictures!;
  return { shape: [count, ...shape], data: data.slice(first * size, (first + count) * size) };
}
