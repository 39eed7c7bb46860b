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
