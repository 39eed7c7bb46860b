import { OpsError } from './error.js';

/** What an operation hands on to its kernel where the kernel's rounding may depend on how many pictures there are. */
export type BatchFreeAttribute = {
  /** True: a picture's result must be the same bits in any batch. Absent: whatever is fastest for this one. */
  batchFree?: boolean;
};

let depth = 0;

/**
 * Runs `fn` with every residual operation computing each picture to the same bits, whatever other pictures are in the batch
 * and wherever in it the picture stands. Backends choose the fastest algorithm by the batch's size, so without it a picture's
 * logits differ in their last digits from batch to batch.
 *
 * Which backends keep it is in their docs; `tf.*` calls inside `fn` do as always, and so do batch normalisation with the
 * batch's own statistics and all gradients.
 *
 * It surrounds a model's `forward` as `evalShape` does, so that no layer has to hand it on: a `forward` is synchronous, and the
 * operations read it when they are called and write it into their kernel's attributes. Nothing is left when `fn` returns.
 *
 * @example
 * const logits = tf.tidy(() => batchFree(() => model.forward(x, 'eval')));
 * @throws OpsError `OPTION` when `fn` is asynchronous: what runs after its first `await` would not be batch free.
 */
export function batchFree<T>(fn: () => T): T {
  depth++;
  try {
    const result = fn();
    if (typeof (result as PromiseLike<unknown> | undefined)?.then !== 'function') return result;
    throw new OpsError('OPTION', {
      where: 'batchFree',
      expected: 'a synchronous function',
      received: 'one that returns a promise',
      fix: 'Call batchFree around each `model.forward`, and await afterwards.',
    });
  } finally {
    depth--;
  }
}

/** True inside {@link batchFree}. */
export function isBatchFree(): boolean {
  return depth > 0;
}

/** What is spread into a kernel's attributes: nothing outside of {@link batchFree}. */
export function batchFreeAttribute(): BatchFreeAttribute {
  return depth > 0 ? { batchFree: true } : {};
}
