import type { TrainingData } from './data.js';
import type {
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  History,
  StartEvent,
  StepEvent,
  TrainEvent,
  WarningEvent,
} from './events.js';
import type { Classifier } from './judge/evaluate.js';
import type { TrainOptions } from './options.js';
import { optionProblem } from './step/settings.js';
import { train } from './train.js';

/** Functions to call at events. The run waits for one that returns a promise; one that throws ends the run. */
export interface Callbacks {
  onStart?(event: StartEvent): unknown;
  onStep?(event: StepEvent): unknown;
  onEpoch?(event: EpochEvent): unknown;
  onCheckpoint?(event: CheckpointEvent): unknown;
  onWarning?(event: WarningEvent): unknown;
  onEnd?(event: EndEvent): unknown;
}

export type EventListener = (event: TrainEvent) => unknown;

export interface TrainerOptions extends Omit<TrainOptions, 'model' | 'data'> {
  /** Told what happens, in this order. */
  callbacks?: readonly (Callbacks | EventListener)[];
}

/** Every option by its name: one that is misspelt would be left out in silence. */
const OPTIONS = Object.keys({
  ...{ optimizer: 1, maxEpochs: 1, schedule: 1, loss: 1, labelSmoothing: 1, logitAdjustment: 1, seed: 1 },
  ...{ mix: 1, groups: 1, layerDecay: 1, unfreezeAt: 1, accumulate: 1, patience: 1, gradientClipNorm: 1 },
  ...{ averageDecay: 1, swa: 1, record: 1, logEvery: 1, checkpoints: 1, resume: 1, mayDiffer: 1 },
  ...{ config: 1, device: 1, recover: 1, snapshotEverySeconds: 1, signal: 1, callbacks: 1 },
} satisfies Record<keyof TrainerOptions, 1>);

/**
 * {@link train} as readers of the chapter and of Keras know it: settings first, then `fit`.
 *
 * @example
 * const trainer = new Trainer({ maxEpochs: 10, optimizer: sgd({ learningRate: 0.01 }) });
 * const history = await trainer.fit(model, data);
 * console.log(history.at(-1)?.validationAccuracy);
 */
export class Trainer {
  readonly #options: Omit<TrainerOptions, 'callbacks'>;
  readonly #listeners: EventListener[];

  /** @throws TrainerError `OPTION` for an option that there is none of, and callbacks that are no list */
  constructor({ callbacks = [], ...options }: TrainerOptions) {
    const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
    if (unknown !== undefined) {
      const expected = `options out of ${OPTIONS.join(', ')}`;
      throw optionProblem('Trainer', expected, unknown, 'Correct the name, or leave it out.');
    }
    if (!Array.isArray(callbacks))
      throw optionProblem('callbacks', 'a list', typeof callbacks, 'Put it into brackets: [callback].');
    this.#options = options;
    this.#listeners = callbacks.map((callback) =>
      typeof callback === 'function' ? callback : (event) => dispatch(callback, event),
    );
  }

  /**
   * Trains the model in place.
   *
   * @returns one record an epoch, also when the run was aborted
   * @throws what {@link train} throws
   */
  async fit(model: Classifier, data: TrainingData): Promise<History> {
    let history: History = [];
    for await (const event of train({ ...this.#options, model, data })) {
      for (const listener of this.#listeners) await listener(event);
      if (event.type === 'end') history = event.history;
    }
    return history;
  }
}

function dispatch(callbacks: Callbacks, event: TrainEvent): unknown {
  switch (event.type) {
    case 'start':
      return callbacks.onStart?.(event);
    case 'step':
      return callbacks.onStep?.(event);
    case 'epoch':
      return callbacks.onEpoch?.(event);
    case 'checkpoint':
      return callbacks.onCheckpoint?.(event);
    case 'warning':
      return callbacks.onWarning?.(event);
    case 'end':
      return callbacks.onEnd?.(event);
  }
}
