import type { Blocks } from './blocks.js';

/**
 * What a tensor is whose values have not been computed yet: a kernel that knows the formula reads its ingredients
 * instead, so that the values are never written to memory and read back.
 *
 * Pointers stay valid for as long as the tensor is deferred.
 */
export type Formula = SumFormula | BatchNormFormula;

/** a + b. */
export interface SumFormula {
  kind: 'sum';
  a: number;
  b: number;
}

/** activation((x - mean) * factor + summand), for each channel. */
export interface BatchNormFormula {
  kind: 'batchNorm';
  x: number;
  /** Pointer to mean, factor and summand, [3, C]. */
  coefficients: number;
  activation: string;
}

/** Of what a kernel reads instead of the values. */
export function pointersOf(formula: Formula): number[] {
  return formula.kind === 'sum' ? [formula.a, formula.b] : [formula.x, formula.coefficients];
}

/** A tensor's values on demand. */
export interface Deferred {
  readonly formula: Formula;
  /** Computes the values and returns where they are. */
  compute(): number;
  /** The tensor ends without anyone having asked. */
  cancel(): void;
}

/**
 * Values that `compute` writes into new memory when somebody first asks for them.
 *
 * @param promise.sources pointers that `compute` and the formula need: they stay until then
 */
export function deferredValues(
  blocks: Blocks,
  promise: { shape: number[]; formula: Formula; sources: number[]; compute: (pointer: number) => void },
): Deferred {
  const { shape, formula, sources, compute } = promise;
  for (const source of sources) blocks.share(source);
  const cancel = () => {
    for (const source of sources) blocks.release(source);
  };
  return {
    formula,
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
