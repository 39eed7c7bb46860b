import { type RandomStream, randomStream, type StreamOptions } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from '../error.js';
import { type Mode, Module } from '../module.js';

/** A module that draws random numbers in 'train' mode: they are a function of what `withRandomness` was given, and of its path. */
export abstract class RandomModule<T extends tf.Tensor = tf.Tensor> extends Module<T, T> {
  #options: StreamOptions | undefined;

  /** @param probability that something is dropped, in [0, 1] */
  constructor(readonly probability: number) {
    super();
    if (probability >= 0 && probability <= 1) return;
    throw new BlocksError('OPTION', {
      where: `${this.constructor.name}: probability`,
      expected: 'a number from 0 to 1',
      received: String(probability),
      fix: 'Try 0.1.',
    });
  }

  /** What it draws from until the next call; `withRandomness` calls it. */
  drawFrom(options: StreamOptions | undefined): void {
    this.#options = options;
  }

  /** @param x of any shape; returns x, or x with what was dropped as zeros and the rest divided by 1 - probability */
  forward(x: T, mode: Mode): T {
    if (mode === 'eval' || this.probability === 0) return tf.clone(x);
    if (this.#options === undefined) {
      throw new BlocksError('RANDOMNESS', {
        where: this.constructor.name,
        expected: "a seed and a pass in 'train' mode",
        received: 'none',
        fix: "Run the pass inside withRandomness(model, { seed, pass }, () => model.forward(x, 'train')); train and trainStep do.",
      });
    }
    return timesConstant(x, this.factors(x.shape, randomStream(this.#options)));
  }

  /** What x is multiplied by. */
  protected abstract factors(shape: readonly number[], draw: RandomStream): tf.Tensor;

  /** 0 where the number at an index says that it is dropped, else what makes up for the others. */
  protected factorsOf(count: number, draw: RandomStream): Float32Array {
    const kept = 1 / (1 - this.probability);
    return Float32Array.from({ length: count }, (_, i) => (draw.uniform(i) < this.probability ? 0 : kept));
  }
}

/** Drops single values in training: PyTorch's `Dropout`. Source: Srivastava et al., "Dropout" (JMLR 15, 2014). */
export class Dropout<T extends tf.Tensor = tf.Tensor> extends RandomModule<T> {
  static override readonly name: string = 'Dropout';
  protected factors(shape: readonly number[], draw: RandomStream): tf.Tensor {
    return tf.tensor(this.factorsOf(tf.util.sizeFromShape([...shape]), draw), [...shape]);
  }
}

/**
 * Drops all of an example, or with mode 'batch' of all of them together: torchvision's `StochasticDepth`, for the branch of a residual
 * block before it is added to the shortcut. Source: Huang et al., "Deep Networks with Stochastic Depth" (arXiv 1603.09382).
 */
export class StochasticDepth<T extends tf.Tensor = tf.Tensor> extends RandomModule<T> {
  static override readonly name: string = 'StochasticDepth';
  constructor(
    probability: number,
    readonly mode: 'row' | 'batch' = 'row',
  ) {
    super(probability);
  }

  protected factors([batch = 1, ...rest]: readonly number[], draw: RandomStream): tf.Tensor {
    if (this.mode === 'batch') return tf.scalar(this.factorsOf(1, draw)[0]!);
    return tf.tensor(this.factorsOf(batch, draw), [batch, ...rest.map(() => 1)]); // [B, 1, ...]
  }
}

/** x times what has no gradient: tfjs's own product would compute one for it. */
function timesConstant<T extends tf.Tensor>(x: T, factors: tf.Tensor): T {
  const times = tf.customGrad((value, save) => {
    (save as tf.GradSaveFunc)([factors]);
    return {
      value: tf.mul(value as tf.Tensor, factors),
      gradFunc: (dy, [kept]) => tf.mul(dy, kept!),
    };
  });
  return times(x) as T;
}
