import { batchNorms, withRandomness } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { breather } from '../breathe.js';
import type { Checkpoint, CheckpointState } from '../checkpoint/checkpoint.js';
import type { StochasticAverage } from '../events.js';
import { evaluate } from '../judge/evaluate.js';
import type { TrainSettings } from '../options.js';

/**
 * The mean of a run's weights after each of its last epochs: stochastic weight averaging. Each epoch counts the same, unlike in an
 * exponential average, and the statistics of batch normalisation, which belong to no mean of weights, are computed anew at the end.
 *
 * Source: Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization" (arXiv 1803.05407), algorithm 1.
 */
export class StochasticWeightAverage {
  readonly #parameters: ReadonlyMap<string, tf.Variable>;
  /** The first epoch that counts. */
  readonly #first: number;
  #means: Map<string, tf.Tensor> | undefined;
  #count = 0;
  #isAdopted = false;

  /** @param parameters that are trained, by path: there may be more of them later */
  constructor(
    parameters: ReadonlyMap<string, tf.Variable>,
    { swa = 0, maxEpochs }: Pick<TrainSettings, 'swa' | 'maxEpochs'>,
  ) {
    this.#parameters = parameters;
    this.#first = maxEpochs - Math.max(1, Math.round(swa * maxEpochs)) + 1;
  }

  /** For a checkpoint; undefined before the first. */
  get epochs(): CheckpointState['swaEpochs'] {
    return this.#count === 0 ? undefined : { first: this.#first, count: this.#count };
  }

  /** By path; undefined before the first. */
  get means(): ReadonlyMap<string, tf.Tensor> | undefined {
    return this.#means;
  }

  /** After an epoch, from 1. */
  add(epoch: number): void {
    if (epoch < this.#first) return;
    const before = this.#means;
    this.#count++;
    this.#means = new Map(
      [...this.#parameters].map(([path, value]) => {
        const mean = before?.get(path) ?? value; // what is trained only now has stood still
        const next = tf.tidy(() => tf.add(mean, tf.div(tf.sub(value, mean), this.#count)));
        return [path, next];
      }),
    );
    tf.dispose([...(before?.values() ?? [])]);
  }

  /** Takes over what a checkpoint holds: of other epochs than those that count now, when there are more or fewer, it begins anew. */
  restore({ swa, swaEpochs }: Checkpoint): void {
    if (swa === undefined || swaEpochs?.first !== this.#first) return;
    this.#count = swaEpochs.count;
    this.#means = new Map(
      [...swa].map(([path, { data, shape }]) => [path, tf.tensor(data.slice(), [...shape], 'float32')]),
    );
  }

  /** Whether the model has the means. */
  get isAdopted(): boolean {
    return this.#isAdopted;
  }

  /**
   * Makes the run's model the mean of its weights, with statistics of its own, and judges it. What it was before is gone.
   *
   * @throws the signal's reason.
   */
  async finish(settings: TrainSettings): Promise<StochasticAverage> {
    this.#adopt();
    await recomputeStatistics(settings);
    const { model, data, signal } = settings;
    const epochs = this.#count;
    if (data.validation === undefined) return { epochs };
    const { loss, accuracy } = await evaluate(model, data, { signal });
    return { epochs, validationLoss: loss, validationAccuracy: accuracy };
  }

  #adopt(): void {
    this.#isAdopted = true;
    for (const [path, mean] of this.#means ?? []) this.#parameters.get(path)!.assign(mean);
  }

  dispose(): void {
    tf.dispose([...(this.#means?.values() ?? [])]);
    this.#means = undefined;
    this.#count = 0;
  }
}

/**
 * Computes the running statistics of a model's batch normalisations anew, as the mean of those of all training batches of the last epoch, each batch
 * counting the same: PyTorch's `update_bn`. Does nothing where there is none.
 *
 * @throws the signal's reason.
 */
async function recomputeStatistics({
  model,
  data,
  seed,
  maxEpochs,
  signal,
}: Pick<TrainSettings, 'model' | 'data' | 'seed' | 'maxEpochs' | 'signal'>): Promise<void> {
  const norms = batchNorms(model);
  if (norms.length === 0) return;
  const momenta = norms.map(({ momentum }) => momentum);
  const breathe = breather();
  const epoch = maxEpochs - 1;
  let count = 0;
  try {
    for await (const batch of data.train.epoch(epoch)) {
      signal?.throwIfAborted();
      const pass = epoch * data.train.batchesPerEpoch + count++;
      for (const norm of norms) norm.momentum = 1 / count; // a cumulative mean; the first takes the place of what was there
      tf.tidy(() => {
        withRandomness(model, { seed, pass }, () => model.forward(data.prepare(batch), 'train'));
      });
      await breathe();
    }
  } finally {
    norms.forEach((norm, i) => {
      norm.momentum = momenta[i]!;
    });
  }
}
