import type { Blocks } from './blocks.js';

/**
 * What a tensor is whose values have not been computed yet: a kernel that knows the recipe reads its ingredients
 * instead, so that the values are never written to memory and read back.
 *
 * Pointers stay valid for as long as the tensor is deferred.
 */
export type Recipe = SumRecipe | BatchNormRecipe;

/** a + b. */
export interface SumRecipe {
  kind: 'sum';
  a: number;
  b: number;
}

/** activation((x - mean) * factor + summand), for each channel. */
export interface BatchNormRecipe {
  kind: 'batchNorm';
  x: number;
  /** Pointer to mean, factor and summand, [3, C]. */
  coefficients: number;
  activation: string;
}

/** A tensor's values on demand. */
export interface Deferred {
  readonly recipe: Recipe;
  /** Computes the values and returns where they are. */
  compute(): number;
  /** The tensor ends without anyone having asked. */
  cancel(): void;
}

/**
 * Values that `compute` writes into new memory when somebody first asks for them.
 *
 * @param promise.sources pointers that `compute` and the recipe need: they stay until then
 */
export function deferredValues(
  blocks: Blocks,
  promise: { shape: number[]; recipe: Recipe; sources: number[]; compute: (pointer: number) => void },
): Deferred {
  const { shape, recipe, sources, compute } = promise;
  for (const source of sources) blocks.share(source);
  const cancel = () => {
    for (const source of sources) blocks.release(source);
  };
  return {
    recipe,
    compute() {
      const { pointer } = blocks.allocateTensor(shape);
      try {
        compute(pointer);
      } catch (error) {
        blocks.release(pointer);
        throw error;
      }
      cancel();
      return pointer;
    },
    cancel,
  };
}
