import { buffers, isSameFacts, modelFacts, unrepeatable } from '@residual/blocks';
import { type Recording, type RecordingBackend, type Results, recordingBackend } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { codeOf } from '../error.js';
import type { Classifier } from '../judge/evaluate.js';
import type { TrainSettings } from '../options.js';
import type { BatchInput } from './batchInput.js';
import { type LossAndGradients, lossAndGradients } from './gradients.js';
import { isNamed, type Loss } from './loss.js';
import { updateOf } from './optimizers.js';
import type { Optimizer } from './rule.js';

/** Scalars first, then what is lent: the gradients. */
type Pass = (inputs: tf.Tensor[]) => Results;

/** How many recordings in a row may come to nothing. */
const MOST_LOST = 2;

/** Why no pass can be recorded, as far as that shows before the first; undefined where it may. */
export function obstacleOf({
  record = true,
  optimizer,
  loss,
}: {
  record?: boolean;
  optimizer: Optimizer;
  loss?: Loss<never>;
}): string | undefined {
  if (!record) return 'record is false';
  if (updateOf(optimizer).radius !== undefined) return `${optimizer.name} takes gradients of other weights`;
  if (loss !== undefined && !isNamed(loss)) return 'the loss has no name: give it one with defineLoss';
  return undefined;
}

/**
 * Forward and backward passes of a model, with less between the kernels: on a backend that records (`simd`, `webgpu`), what a pass calls is noted once and
 * played afterwards, to the same bits. What changes is given each time: the batch with its targets, the running statistics, and the parameters, which
 * the optimizer's kernel moves where they lie.
 *
 * A pass goes the usual way, and the recording's memory is given back, where the batch has another size, the model, its fields or the frozen weights
 * have changed, or the parameters lie elsewhere: then it is recorded anew.
 */
export class RecordedPasses {
  /** Why passes go through TensorFlow.js from now on. */
  obstacle: string | undefined;
  readonly #model: Classifier;
  readonly #parameters: ReadonlyMap<string, tf.Variable>;
  #known: string | undefined;
  #recording: Recording | undefined;
  #wasPlayed = false;
  #lost = 0;
  /** Of the last pass. */
  #facts: readonly unknown[] = [];
  #shapes = '';
  /** The running ones, as of the facts. */
  #statistics: readonly tf.Variable[] = [];
  /** Of the batches that are recorded. */
  #usualShapes = '';

  /** @param parameters those that are trained, by path; there may be more of them later @param obstacle that is known already */
  constructor(model: Classifier, parameters: ReadonlyMap<string, tf.Variable>, obstacle?: string) {
    this.#model = model;
    this.#parameters = parameters;
    this.obstacle = obstacle;
  }

  /** Those of `train`. */
  static ofRun(settings: TrainSettings, parameters: ReadonlyMap<string, tf.Variable>): RecordedPasses {
    return new RecordedPasses(settings.model, parameters, obstacleOf(settings));
  }

  /** For an event: why passes aren't recorded any more, if they were after `tryOut`. */
  get news(): { unrecorded?: string } {
    return this.obstacle === this.#known ? {} : { unrecorded: this.obstacle! };
  }

  /** As {@link lossAndGradients}. The gradients must end before the next pass. */
  of(input: BatchInput): LossAndGradients & { correct: tf.Scalar } {
    return metricsOf(this.run(tensorsOf(input), this.#passOf(input)));
  }

  /** Finds out whether passes can be recorded, by one whose recording is thrown away. */
  tryOut(input: BatchInput): LossAndGradients & { correct: tf.Scalar } {
    const backend = this.#backend;
    if (backend === undefined) {
      this.obstacle ??= 'the backend records nothing';
      this.#known = this.obstacle;
      return lossAndGradients(this.#model, this.#parameters, input);
    }
    const results = this.#record(backend, tensorsOf(input), this.#passOf(input));
    this.giveBack();
    this.#known = this.obstacle;
    return metricsOf(results);
  }

  /**
   * What a pass gives.
   *
   * @param inputs all that it reads beside the model; borrowed
   * @param pass may move running statistics
   */
  run(inputs: readonly tf.Tensor[], pass: Pass): Results {
    const backend = this.#backend;
    if (backend === undefined || !this.#isAsBefore(backend, inputs)) return this.#plain(inputs, pass);
    if (this.#recording === undefined) return this.#record(backend, inputs, pass);
    return this.#play(this.#recording, inputs) ?? this.#plain(inputs, pass);
  }

  /** Gives the memory back in which passes are played; the next one records anew. */
  giveBack(): void {
    this.#recording?.dispose();
    this.#recording = undefined;
  }

  /** The active one, where it records and nothing is known to be in the way. */
  get #backend(): RecordingBackend | undefined {
    return this.obstacle === undefined ? recordingBackend() : undefined;
  }

  #passOf(input: BatchInput): Pass {
    return ([x, labels, ...targets]) => {
      const own = { ...input, x: x as tf.Tensor4D, labels: labels as tf.Tensor1D, targets };
      const { loss, correct, gradients } = lossAndGradients(this.#model, this.#parameters, own);
      return { outputs: [loss, correct], lent: gradients };
    };
  }

  #plain(inputs: readonly tf.Tensor[], pass: Pass): Results {
    this.giveBack();
    return pass([...inputs]);
  }

  /** Whether model and batch are those of the last pass, or the batch is again of the usual size. */
  #isAsBefore(backend: RecordingBackend, inputs: readonly tf.Tensor[]): boolean {
    const trained = new Set<tf.Tensor>(this.#parameters.values());
    const facts = [
      backend,
      ...modelFacts(this.#model, (leaf) => {
        if (!leaf.initialized || leaf.kind === 'buffer') return leaf;
        return trained.has(leaf.value) ? leaf.value : leaf.value.dataId;
      }),
    ];
    const shapes = inputs.map(({ dtype, shape }) => `${dtype} ${shape}`).join('; ');
    const isSame = isSameFacts(facts, this.#facts);
    const isTwice = shapes === this.#shapes;
    this.#facts = facts;
    this.#shapes = shapes;
    if (isSame && (shapes === this.#usualShapes || isTwice)) {
      if (shapes !== this.#usualShapes) this.giveBack();
      this.#usualShapes = shapes;
      return true;
    }
    if (!isSame) {
      this.#usualShapes = shapes;
      this.#statistics = buffers(this.#model);
    }
    return false;
  }

  #play(recording: Recording, inputs: readonly tf.Tensor[]): Results | undefined {
    const statistics = this.#statistics;
    let played: Results | undefined;
    try {
      played = recording.play([...inputs, ...statistics], [...this.#parameters.values()]);
    } catch (error) {
      if (codeOf(error) !== 'OUT_OF_MEMORY') throw error; // else the usual way may need less, or says what is wrong
    }
    if (played !== undefined) {
      this.#wasPlayed = true;
      this.#lost = 0;
      return this.#moved(statistics, played);
    }
    if (!this.#wasPlayed && ++this.#lost === MOST_LOST)
      this.obstacle = 'the weights get other places in memory, or it is full';
    return undefined;
  }

  #record(backend: RecordingBackend, inputs: readonly tf.Tensor[], pass: Pass): Results {
    const obstacle = unrepeatable(this.#model);
    if (obstacle !== undefined) {
      this.obstacle = obstacle;
      return pass([...inputs]);
    }
    const statistics = buffers(this.#model);
    const before = statistics.map((buffer) => buffer.clone());
    try {
      const { recording, reason, ...results } = backend.record(
        [...inputs, ...before],
        (...own) => {
          const values = own.splice(inputs.length);
          assign(statistics, values);
          try {
            const { outputs, lent } = pass(own);
            return { outputs: [...outputs, ...statistics.map((buffer) => tf.clone(buffer))], lent };
          } finally {
            // What is in the recording's memory must not outlive this; an error leaves them as they were.
            assign(statistics, before);
          }
        },
        [...this.#parameters.values()],
      );
      this.#recording = recording;
      this.#wasPlayed = false;
      this.obstacle = reason;
      return this.#moved(statistics, results);
    } catch (error) {
      if (codeOf(error) !== 'OUT_OF_MEMORY') throw error;
      this.obstacle = 'there is too little memory for a recording';
      return pass([...inputs]);
    } finally {
      tf.dispose(before);
    }
  }

  /** Of a pass's outputs, the last are what has become of the running statistics. */
  #moved(statistics: readonly tf.Variable[], { outputs, lent }: Results): Results {
    const values = outputs.slice(outputs.length - statistics.length);
    assign(statistics, values);
    tf.dispose(values);
    return { outputs: outputs.slice(0, outputs.length - statistics.length), lent };
  }
}

/** In the order in which `#passOf` takes them. */
function tensorsOf({ x, labels, targets }: BatchInput): tf.Tensor[] {
  return [x, labels, ...targets];
}

/** In the order in which `#passOf` gives them. */
function metricsOf({ outputs, lent }: Results): LossAndGradients & { correct: tf.Scalar } {
  const [loss, correct] = outputs as [tf.Scalar, tf.Scalar];
  return { loss, correct, gradients: lent };
}

function assign(variables: readonly tf.Variable[], values: readonly tf.Tensor[]): void {
  variables.forEach((variable, i) => {
    variable.assign(values[i]!);
  });
}
