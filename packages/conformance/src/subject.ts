import type { KernelContract } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { FixtureName } from './fixture.js';
import type { Values } from './values.js';

/** The same names with numbers in place of tensors. */
export type ValuesOf<Inputs> = { [Name in keyof Inputs]: Values };

/** How to test one operation. Tensors go in and come out under the names that fixtures use. */
export interface Subject<Inputs, Attributes> {
  /** The operation's name and its fixture's. */
  readonly name: FixtureName;
  /** The kernels that it runs. */
  readonly kernels: readonly (keyof KernelContract)[];
  /** The names of `Inputs`; those that a case does not have are absent. */
  readonly inputs: readonly (keyof Inputs & string)[];
  /** The operation's value and gradients. Called inside a `tf.tidy`. */
  run(inputs: Inputs, attributes: Attributes): tf.NamedTensorMap;
  /** The value again, in float64 and plain JavaScript, from the formula. */
  float64?(inputs: ValuesOf<Inputs>, attributes: Attributes): Values;
  /** How near the inputs come to a tie, where the gradient jumps; absent where there is none. */
  gap?(inputs: ValuesOf<Inputs>, attributes: Attributes): number;
  /** Cases without a fixture. */
  readonly drawn?: readonly DrawnCase<Inputs, Attributes>[];
}

/** Inputs to draw at random, reproducibly. */
export interface DrawnCase<Inputs, Attributes> {
  readonly name: string;
  readonly inputs: { readonly [Name in keyof Inputs]: DrawnTensor };
  readonly attributes: Attributes;
}

export interface DrawnTensor {
  readonly shape: readonly number[];
  /** Default [-1, 1). */
  readonly range?: readonly [number, number];
  /** Integers in the range, as int32. */
  readonly integers?: boolean;
}

/** The name of an input's gradient: `x` -> `dx`, `filter` -> `dFilter`. */
export function gradientName(input: string): string {
  return input === 'x' ? 'dx' : `d${input[0]!.toUpperCase()}${input.slice(1)}`;
}

/** True of what {@link gradientName} makes, and of a parameter's `gradient.<path>`. */
export function isGradient(name: string): boolean {
  return /^(d(x$|[A-Z])|gradient\.)/.test(name);
}

/** The value of f (called `valueName`) and its gradients for every input that is there. */
export function differentiate<Inputs extends { [name: string]: tf.Tensor | undefined }>(
  f: (inputs: Inputs) => tf.Tensor,
  inputs: Inputs,
  dy: tf.Tensor,
  valueName = 'y',
): tf.NamedTensorMap {
  const given = Object.entries(inputs).filter(
    (entry): entry is [string, tf.Tensor] => entry[1] !== undefined,
  );
  const names = given.map(([name]) => name);
  const named = (tensors: tf.Tensor[]) =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i]])) as Inputs;
  const { value, grads } = tf.valueAndGrads((...tensors: tf.Tensor[]) => f(named(tensors)))(
    given.map(([, tensor]) => tensor),
    dy,
  );
  return {
    [valueName]: value,
    ...Object.fromEntries(names.map((name, i) => [gradientName(name), grads[i]!])),
  };
}
