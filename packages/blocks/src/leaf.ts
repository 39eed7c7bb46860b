import * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from './error.js';
import { type Fans, fansOf } from './fans.js';
import type { Initializer } from './initializers.js';

/** Computes a leaf's first value; the leaf takes it over. */
type CreateValue = (shape: number[], fans: Fans) => tf.Tensor;

/** What a model's state is made of: one variable, created by `init` with the shape that the first input asks for. */
export abstract class Leaf {
  #variable: tf.Variable | undefined;
  #path: string | undefined;
  #create: CreateValue | undefined;

  /** True for what an optimiser trains. */
  abstract readonly trainable: boolean;
  /** What the leaf is, for messages: `weight`, `buffer`. */
  abstract readonly kind: string;

  /** @param initializer its first values, where no rule says otherwise */
  constructor(readonly initializer: Initializer) {}

  /**
   * The variable, which must have this shape: created so during `init`, checked ever after.
   *
   * @param fans needed where they don't follow from the shape, as for a bias
   * @throws BlocksError `SHAPE` when it was initialised with another shape, `NOT_INITIALISED` when it wasn't.
   */
  as(shape: readonly [number], fans?: Fans): tf.Variable<tf.Rank.R1>;
  as(shape: readonly [number, number], fans?: Fans): tf.Variable<tf.Rank.R2>;
  as(shape: readonly [number, number, number, number], fans?: Fans): tf.Variable<tf.Rank.R4>;
  as(shape: readonly number[], fans?: Fans): tf.Variable;
  as(shape: readonly number[], fans: Fans = fansOf(shape)): tf.Variable {
    if (this.#variable === undefined) {
      if (this.#create === undefined) throw this.#notInitialized();
      const value = this.#create([...shape], fans);
      // No name: tfjs makes one up, so that a second model doesn't collide with the first.
      // To tfjs all parameters are trainable, also those that are set apart for a while.
      this.#variable = tf.variable(value, this.kind !== 'buffer');
      value.dispose();
    }
    if (!tf.util.arraysEqual(this.#variable.shape, [...shape])) {
      throw new BlocksError('SHAPE', {
        where: String(this.#path),
        expected: `shape [${this.#variable.shape}], as it was initialised`,
        received: `an input that needs [${shape}]`,
        fix: 'Give inputs of the shape that init saw, or initialise another model for this one.',
      });
    }
    return this.#variable;
  }

  /** The variable. @throws BlocksError `NOT_INITIALISED` before `init` and after `dispose`. */
  get value(): tf.Variable {
    if (this.#variable === undefined) throw this.#notInitialized();
    return this.#variable;
  }

  get initialized(): boolean {
    return this.#variable !== undefined;
  }

  /** From now until `close`, `as` creates the value. */
  open(path: string, create: CreateValue): void {
    this.#path = path;
    this.#create = create;
  }

  close(): void {
    this.#create = undefined;
  }

  /** Frees the variable; `init` may create another one. */
  dispose(): void {
    this.#variable?.dispose();
    this.#variable = undefined;
  }

  #notInitialized(): BlocksError {
    return new BlocksError('NOT_INITIALIZED', {
      where: this.#path ?? `This ${this.kind}`,
      expected: 'a value',
      received: "none: its shape follows from the model's input",
      fix: 'Call init(model, inputShape, { seed }) first, with the model that holds it in a field.',
    });
  }
}
