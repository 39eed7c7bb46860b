import type { StateValue } from '@residual/blocks';
import { gradientNorm, type UpdateState } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Classifier } from '../judge/evaluate.js';
import type { LossAndGradients } from './gradients.js';
import { gradientsNearby } from './gradientsNearby.js';
import { freeze, type GroupOptions, groupedParameters } from './groups.js';
import { updateOf } from './optimizers.js';
import type { Optimizer, Update } from './rule.js';

export interface OptimizerOptions extends GroupOptions {
  optimizer: Optimizer;
  /** 0: no clipping. */
  gradientClipNorm: number;
  averageDecay?: number;
}

/** The values of tensors by parameter path, as a checkpoint holds them. */
export type StateValues = ReadonlyMap<string, StateValue>;

/** What an optimiser keeps between steps: its rule's slots, averaged weights, and the first step that went wrong. */
export class OptimizerState {
  /** The model's own variables that are trained, by path. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  readonly #options: OptimizerOptions;
  readonly #variables: tf.Variable[];
  readonly #weightDecay: number[];
  readonly #learningRateScale: number[];
  readonly #unfreeze: () => void;
  readonly #model: Classifier;
  readonly #update: Update;
  readonly #radius: number | undefined;
  /** By name, then by parameter. */
  #slots: UpdateState['slots'];
  #averages: tf.Tensor[] | undefined;
  #firstNonFiniteStep: tf.Scalar;

  constructor(model: Classifier, options: OptimizerOptions) {
    const grouped = groupedParameters(model, options);
    const trained = [...grouped].filter(([, { isFrozen }]) => !isFrozen);
    this.parameters = new Map(trained.map(([path, { parameter }]) => [path, parameter.value]));
    this.#unfreeze = freeze(grouped);
    this.#options = options;
    this.#variables = [...this.parameters.values()];
    const ofOptimizer = options.optimizer.weightDecay ?? 0;
    this.#weightDecay = trained.map(([, { parameter, weightDecay = ofOptimizer }]) =>
      parameter.role === 'weight' ? weightDecay : 0,
    );
    this.#learningRateScale = trained.map(([, { learningRateScale }]) => learningRateScale);
    const { slots, update, radius } = updateOf(options.optimizer);
    this.#model = model;
    this.#update = update;
    this.#radius = radius;
    this.#slots = Object.fromEntries(
      slots.map((name) => [name, this.#variables.map(({ shape }) => tf.zeros(shape))]),
    );
    if (options.averageDecay !== undefined) this.#averages = this.#variables.map((value) => value.clone());
    this.#firstNonFiniteStep = tf.scalar(-1, 'int32');
  }

  /** By name, then by path. */
  get slots(): ReadonlyMap<string, ReadonlyMap<string, tf.Tensor>> {
    return new Map(Object.entries(this.#slots).map(([name, tensors]) => [name, this.#byPath(tensors)]));
  }

  /** By path; undefined without averaging. */
  get averages(): ReadonlyMap<string, tf.Tensor> | undefined {
    return this.#averages && this.#byPath(this.#averages);
  }

  /**
   * What a pass gives, with the gradients that the optimizer goes by: that pass's own, or for `sam` those of a second one.
   *
   * @param pass forward and backward, of the model as it is
   */
  gradients<Pass extends LossAndGradients>(pass: () => Pass): Pass {
    if (this.#radius === undefined) return pass();
    return gradientsNearby(this.#model, this.#variables, this.#radius, pass);
  }

  /** Moves the parameters one step. @param step from 0 */
  update(gradients: tf.Tensor[], step: number, learningRate: number): void {
    const next = this.#next(gradients, step, learningRate);
    // They outlive the `tf.tidy` that a loop of one's own may be in.
    for (const tensor of [...Object.values(next.slots), next.averages ?? [], next.firstNonFiniteStep].flat())
      tf.keep(tensor);
    this.#variables.forEach((variable, i) => {
      variable.assign(next.parameters[i]!);
    });
    this.#free();
    tf.dispose(next.parameters);
    this.#slots = next.slots;
    this.#averages = next.averages;
    this.#firstNonFiniteStep = next.firstNonFiniteStep;
  }

  /** Computes a step and forgets it: to see what it takes. */
  rehearse(gradients: tf.Tensor[]): void {
    tf.dispose({ ...this.#next(gradients, 0, 0) });
  }

  /** Waits for the device; undefined when all gradients so far were finite. Counts from 0. */
  async firstNonFiniteStep(): Promise<number | undefined> {
    const [step] = await this.#firstNonFiniteStep.data<'int32'>();
    return step! < 0 ? undefined : step;
  }

  /** Runs `fn` with the averaged weights in the model, where they are kept. No copies: variables point elsewhere. */
  async withAverages<T>(fn: () => Promise<T>): Promise<T> {
    if (this.#averages === undefined) return fn();
    const own = this.#variables.map((variable) => variable.clone());
    try {
      this.adoptAverages();
      return await fn();
    } finally {
      this.#assign(own);
      tf.dispose(own);
    }
  }

  /** Puts the averaged weights, where they are kept, into the model for good. */
  adoptAverages(): void {
    if (this.#averages !== undefined) this.#assign(this.#averages);
  }

  /** @param slots by name, then by path, all that the optimizer has */
  restore(slots: ReadonlyMap<string, StateValues>, averages: StateValues | undefined): void {
    this.#slots = Object.fromEntries(
      Object.entries(this.#slots).map(([name, present]) => [name, this.#restored(present, slots.get(name)!)]),
    );
    if (this.#averages && averages) this.#averages = this.#restored(this.#averages, averages);
  }

  /** Frees what it keeps, and takes what was frozen into the model's training again. */
  dispose(): void {
    this.#free();
    this.#unfreeze();
  }

  #free(): void {
    tf.dispose([Object.values(this.#slots), this.#averages ?? [], this.#firstNonFiniteStep]);
  }

  #next(gradients: tf.Tensor[], step: number, learningRate: number): UpdateState {
    const { gradientClipNorm, averageDecay } = this.#options;
    const norm = gradientNorm(gradients);
    try {
      return this.#update(
        {
          parameters: this.#variables,
          slots: this.#slots,
          averages: this.#averages,
          firstNonFiniteStep: this.#firstNonFiniteStep,
        },
        { gradients, gradientNorm: norm },
        {
          step,
          learningRate,
          weightDecay: this.#weightDecay,
          learningRateScale: this.#learningRateScale,
          clipNorm: gradientClipNorm,
          // Young averages would remember the initial weights: TensorFlow's ExponentialMovingAverage(num_updates).
          averageDecay:
            averageDecay === undefined ? undefined : Math.min(averageDecay, (1 + step) / (10 + step)),
        },
      );
    } finally {
      norm.dispose();
    }
  }

  #assign(values: tf.Tensor[]): void {
    this.#variables.forEach((variable, i) => {
      variable.assign(values[i]!);
    });
  }

  #byPath(tensors: tf.Tensor[]): ReadonlyMap<string, tf.Tensor> {
    return new Map([...this.parameters.keys()].map((path, i) => [path, tensors[i]!]));
  }

  #restored(present: tf.Tensor[], values: StateValues): tf.Tensor[] {
    tf.dispose(present);
    return [...this.parameters.keys()].map((path) => {
      const { data, shape } = values.get(path)!;
      return tf.tensor(data.slice(), [...shape], 'float32');
    });
  }
}
