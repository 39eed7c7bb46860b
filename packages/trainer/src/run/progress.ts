import type { CheckpointState } from '../checkpoint/checkpoint.js';
import type { Best, EndEvent, EpochRecord, History, Position, StepEvent } from '../events.js';
import type { Evaluation } from '../judge/evaluate.js';
import { accuracyOf, addMetrics, type MetricSums, meanLoss, noMetrics } from '../judge/metrics.js';
import type { TrainSettings } from '../options.js';

type Saved = Pick<CheckpointState, 'step' | 'epoch' | 'batch' | 'history' | 'best' | 'epochSums' | 'logSums'>;

/** What ends a run. */
type Limits = Pick<TrainSettings, 'maxEpochs' | 'patience'>;

/** How far a run is and what it has measured: the part of its state that isn't tensors. */
export class Progress {
  #state: Saved;
  /** Spent on training since the last step event. */
  #seconds = 0;
  /** Spent on waiting for pictures since then. */
  #waitSeconds = 0;

  /** @param saved from a checkpoint; without it, a run that has not begun */
  constructor(saved?: Saved) {
    this.#state = {
      step: saved?.step ?? 0,
      epoch: saved?.epoch ?? 1,
      batch: saved?.batch ?? 0,
      history: [...(saved?.history ?? [])],
      best: saved?.best,
      epochSums: saved?.epochSums ?? noMetrics(),
      logSums: saved?.logSums ?? noMetrics(),
    };
  }

  /** A snapshot, for a checkpoint. */
  get state(): Saved {
    return { ...this.#state, history: [...this.#state.history] };
  }

  get position(): Position {
    const { step, epoch, batch } = this.#state;
    return { step, epoch, batch };
  }

  /** A step was taken. @param batches how many it was of */
  advance(batches: number): void {
    this.#state.step++;
    this.#state.batch += batches;
  }

  /** Adds the metrics of batches, in the order of the steps. */
  measure(batches: readonly MetricSums[]): void {
    for (const sums of batches) {
      this.#state.epochSums = addMetrics(this.#state.epochSums, sums);
      this.#state.logSums = addMetrics(this.#state.logSums, sums);
    }
  }

  /** Time was spent on training. */
  worked(seconds: number): void {
    this.#seconds += seconds;
  }

  /** Time was spent on waiting for pictures. */
  waited(seconds: number): void {
    this.#waitSeconds += seconds;
  }

  /** What was measured since the last call. @param learningRate of the last step */
  stepEvent(learningRate: number): StepEvent {
    const sums = this.#state.logSums;
    const [seconds, waitSeconds] = [this.#seconds, this.#waitSeconds];
    this.#state.logSums = noMetrics();
    this.#seconds = 0;
    this.#waitSeconds = 0;
    return {
      type: 'step',
      ...this.position,
      loss: meanLoss(sums),
      accuracy: accuracyOf(sums),
      learningRate,
      images: sums.examples,
      seconds,
      waitSeconds,
      imagesPerSecond: sums.examples / (seconds + waitSeconds),
    };
  }

  /** Enters the epoch into the history and turns to the next. */
  finishEpoch(
    validation: Evaluation | undefined,
    learningRate: number,
  ): { record: EpochRecord; isBest: boolean } {
    const { step, epoch, epochSums, best, history } = this.#state;
    const record: EpochRecord = {
      epoch,
      step,
      trainLoss: meanLoss(epochSums),
      trainAccuracy: accuracyOf(epochSums),
      ...(validation && { validationLoss: validation.loss, validationAccuracy: validation.accuracy }),
      learningRate,
    };
    history.push(record);
    const isBest = validation !== undefined && validation.accuracy > (best?.validationAccuracy ?? -1);
    if (isBest) this.#state.best = { epoch, step, validationAccuracy: validation.accuracy };
    this.#state.epoch++;
    this.#state.batch = 0;
    this.#state.epochSums = noMetrics();
    return { record, isBest };
  }

  get history(): History {
    return [...this.#state.history];
  }

  /** Whether there are epochs left, and patience for them. */
  isGoingOn({ maxEpochs, patience = Number.POSITIVE_INFINITY }: Limits): boolean {
    return this.#state.epoch <= maxEpochs && this.#epochsSinceBest < patience;
  }

  end(reason: EndEvent['reason'], limits: Limits): EndEvent {
    const { step, epoch } = this.position;
    const isEarly = epoch <= limits.maxEpochs && !this.isGoingOn(limits);
    const stopped = isEarly && { stoppedAfter: this.#epochsSinceBest };
    return { type: 'end', reason, ...stopped, step, history: this.history, best: this.best };
  }

  /** 0 without validation. */
  get #epochsSinceBest(): number {
    const { best, history } = this.#state;
    return best === undefined ? 0 : history.length - best.epoch;
  }

  get best(): Best | undefined {
    return this.#state.best;
  }
}
