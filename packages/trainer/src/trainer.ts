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

  constructor({ callbacks = [], ...options }: TrainerOptions) {
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
