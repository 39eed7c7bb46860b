import type { StateValue } from '@residual/blocks';
import { gradientNorm, type UpdateState } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import type { Classifier } from '../judge/evaluate.js';
import type { LossAndGradients } from './gradients.js';
import { gradientsNearby } from './gradientsNearby.js';
import { type Grouped, type GroupOptions, groupedParameters } from './groups.js';
import { updateOf } from './optimizers.js';
import type { Optimizer, StepFacts, Update } from './rule.js';

export interface OptimizerOptions extends GroupOptions {
  optimizer: Optimizer;
  /** 0: no clipping. */
  gradientClipNorm: number;
  averageDecay?: number;
}

/** Parameters that are trained from the same step on: a part of the list of all. */
interface Cohort {
  begin: number;
  end: number;
  firstStep: number;
}

type Taken = Pick<StepFacts, 'step' | 'learningRate' | 'donated'>;

/** The values of tensors by parameter path, as a checkpoint holds them. */
export type StateValues = ReadonlyMap<string, StateValue>;

/** What an optimiser keeps between steps: its rule's slots, averaged weights, and the first step that went wrong. */
export class OptimizerState {
  readonly #options: OptimizerOptions;
  readonly #stepsPerEpoch: number;
  /** By path, what is trained: first what is from the beginning, then what was taken in later. So are the lists. */
  readonly #parameters = new Map<string, tf.Variable>();
  readonly #variables: tf.Variable[] = [];
  readonly #weightDecay: number[] = [];
  readonly #learningRateScale: number[] = [];
  readonly #cohorts: Cohort[] = [];
  /** What the groups set apart. */
  readonly #frozen: Map<string, Grouped>;
  readonly #model: Classifier;
  readonly #update: Update;
  readonly #radius: number | undefined;
  /** By name, then by parameter. */
  #slots: UpdateState['slots'];
  #averages: tf.Tensor[] | undefined;
  #firstNonFiniteStep: tf.Scalar;

  /** @param at the epoch, from 1, in which it begins; with groups that are frozen until a later one, how many steps each has */
  constructor(
    model: Classifier,
    options: OptimizerOptions,
    { epoch = 1, stepsPerEpoch = 0 }: { epoch?: number; stepsPerEpoch?: number } = {},
  ) {
    this.#options = options;
    this.#stepsPerEpoch = stepsPerEpoch;
    const { slots, update, radius } = updateOf(options.optimizer);
    this.#model = model;
    this.#update = update;
    this.#radius = radius;
    this.#slots = Object.fromEntries(slots.map((name) => [name, []]));
    if (options.averageDecay !== undefined) this.#averages = [];
    this.#firstNonFiniteStep = tf.scalar(-1, 'int32');
    // What isn't trainable by itself stays so.
    this.#frozen = new Map(
      [...groupedParameters(model, options)].filter(([, { parameter }]) => parameter.trainable),
    );
    for (const { parameter } of this.#frozen.values()) parameter.trainable = false;
    for (let each = 1; each <= epoch; each++) this.beginEpoch(each);
  }

  /** The model's own variables that are trained, by path. */
  get parameters(): ReadonlyMap<string, tf.Variable> {
    return this.#parameters;
  }

  /** Takes in what is trained from this epoch on: with slots of its own, and steps that count from here. */
  beginEpoch(epoch: number): void {
    const begin = this.#variables.length;
    const { weightDecay: ofOptimizer = 0 } = this.#options.optimizer;
    for (const [path, { parameter, trainedFrom, weightDecay = ofOptimizer, learningRateScale }] of this
      .#frozen) {
      if (trainedFrom !== epoch) continue;
      const { value, role } = parameter;
      parameter.trainable = true;
      this.#frozen.delete(path);
      this.#parameters.set(path, value);
      this.#variables.push(value);
      this.#weightDecay.push(role === 'weight' ? weightDecay : 0);
      this.#learningRateScale.push(learningRateScale);
      for (const tensors of Object.values(this.#slots)) tensors.push(tf.zeros(value.shape));
      this.#averages?.push(value.clone());
    }
    const end = this.#variables.length;
    if (end > begin) this.#cohorts.push({ begin, end, firstStep: (epoch - 1) * this.#stepsPerEpoch });
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
    const next = this.#next(gradients, { step, learningRate, donated: true });
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
    tf.dispose({ ...this.#next(gradients, { step: 0, learningRate: 0, donated: false }) });
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
    for (const { parameter } of this.#frozen.values()) parameter.trainable = true;
  }

  #free(): void {
    tf.dispose([Object.values(this.#slots), this.#averages ?? [], this.#firstNonFiniteStep]);
  }

  #next(gradients: tf.Tensor[], facts: Taken): UpdateState {
    const norm = gradientNorm(gradients);
    try {
      const parts = this.#cohorts.map((cohort) => this.#nextOf(cohort, gradients, norm, facts));
      const [first, ...others] = parts;
      // All go by the same norm: what the first says of it holds for all.
      tf.dispose(others.map(({ firstNonFiniteStep }) => firstNonFiniteStep));
      if (others.length === 0) return first!;
      return {
        parameters: parts.flatMap(({ parameters }) => parameters),
        slots: Object.fromEntries(
          Object.keys(this.#slots).map((name) => [name, parts.flatMap(({ slots }) => slots[name]!)]),
        ),
        ...(this.#averages && { averages: parts.flatMap(({ averages }) => averages!) }),
        firstNonFiniteStep: first!.firstNonFiniteStep,
      };
    } finally {
      norm.dispose();
    }
  }

  #nextOf(
    { begin, end, firstStep }: Cohort,
    gradients: tf.Tensor[],
    norm: tf.Scalar,
    { step, ...facts }: Taken,
  ): UpdateState {
    const { gradientClipNorm, averageDecay } = this.#options;
    const of = <T>(list: readonly T[]) => list.slice(begin, end);
    const taken = Math.max(0, step - firstStep);
    return this.#update(
      {
        parameters: of(this.#variables),
        slots: Object.fromEntries(Object.entries(this.#slots).map(([name, tensors]) => [name, of(tensors)])),
        averages: this.#averages && of(this.#averages),
        firstNonFiniteStep: this.#firstNonFiniteStep,
      },
      { gradients: of(gradients), gradientNorm: norm },
      {
        ...facts,
        step: taken,
        weightDecay: of(this.#weightDecay),
        learningRateScale: of(this.#learningRateScale),
        clipNorm: gradientClipNorm,
        // Young averages would remember the initial weights: TensorFlow's ExponentialMovingAverage(num_updates).
        averageDecay:
          averageDecay === undefined ? undefined : Math.min(averageDecay, (1 + taken) / (10 + taken)),
      },
    );
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
