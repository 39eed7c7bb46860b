import type { PictureBatch } from '@residual/data';
import { breather } from '../breathe.js';
import type { Checkpoint } from '../checkpoint/checkpoint.js';
import { CheckpointWriter } from '../checkpoint/writer.js';
import { stepsFrom } from '../data.js';
import type { CheckpointEvent, EndEvent, EpochEvent, StepEvent, TrainEvent } from '../events.js';
import { PendingMetrics } from '../judge/metrics.js';
import { learningRateAt, stepsPerEpoch, type TrainSettings } from '../options.js';
import { OptimizerState } from '../step/optimizerState.js';
import type { RecordedPasses } from '../step/recordedPasses.js';
import { takeStep } from '../step/takeStep.js';
import { finiteValidation, firstBadStep, nonFiniteError } from './nonFinite.js';
import { Progress } from './progress.js';
import { runFacts } from './runFacts.js';
import { beginRun, type RunState, readRun } from './runState.js';
import { Snapshots } from './snapshots.js';
import type { StochasticWeightAverage } from './stochasticWeightAverage.js';
import { startEvent } from './warmUp.js';

/** The most batches whose metrics wait on the device. */
const MAX_PENDING = 64;

const secondsSince = (start: number): number => (performance.now() - start) / 1000;

type RunParts = Partial<
  typeof import('./stochasticWeightAverage.js') & typeof import('../step/recordedPasses.js')
>;

/** One run: the loop, and what it holds between steps. Tensors live from the constructor to `dispose`. */
export class TrainingRun {
  readonly #settings: TrainSettings;
  readonly #firstBatch: PictureBatch;
  readonly #optimizer: OptimizerState;
  readonly #pending = new PendingMetrics();
  readonly #writer: CheckpointWriter | undefined;
  readonly #breathe = breather();
  readonly #progress: Progress;
  readonly #swa: StochasticWeightAverage | undefined;
  readonly #passes: RecordedPasses | undefined;
  readonly #state: RunState;
  /** What `recover` goes on from. */
  readonly #snapshots: Snapshots | undefined;

  /** @param firstBatch the one that the run begins with */
  constructor(settings: TrainSettings, firstBatch: PictureBatch, parts: RunParts) {
    this.#settings = settings;
    this.#firstBatch = firstBatch;
    const facts = runFacts(settings, firstBatch);
    this.#progress = new Progress(settings.resume);
    const at = { epoch: this.#progress.position.epoch, stepsPerEpoch: stepsPerEpoch(settings) };
    this.#optimizer = new OptimizerState(settings.model, settings, at);
    const { parameters } = this.#optimizer;
    this.#swa = parts.StochasticWeightAverage && new parts.StochasticWeightAverage(parameters, settings);
    this.#passes = parts.RecordedPasses?.ofRun(settings, parameters);
    this.#writer = settings.checkpoints && new CheckpointWriter(settings.checkpoints, settings.resume);
    this.#state = { settings, facts, optimizer: this.#optimizer, progress: this.#progress, swa: this.#swa };
    this.#snapshots = settings.recover && new Snapshots(settings.snapshotEverySeconds);
  }

  /** The latest state that a run can go on from after an error; undefined before the first, and without `recover`. */
  get snapshot(): Checkpoint | undefined {
    return this.#snapshots?.latest;
  }

  /** How many steps were taken. */
  get step(): number {
    return this.#progress.position.step;
  }

  async *events(): AsyncGenerator<TrainEvent, void, undefined> {
    try {
      yield* this.#events();
    } finally {
      await this.#writer?.written(); // also where another error ends the run: a failed write came first
    }
  }

  async *#events(): AsyncGenerator<TrainEvent, void, undefined> {
    const warnings = await beginRun(this.#state);
    await this.#snapshots?.take(() => this.#read());
    yield startEvent(this.#settings, this.#optimizer, this.#firstBatch, this.#passes);
    for (const message of warnings) yield { type: 'warning', message };
    let reason: EndEvent['reason'] = 'completed';
    while (this.#progress.isGoingOn(this.#settings)) {
      yield* this.#batches();
      const epoch = await this.#finishEpoch();
      yield* this.#written();
      let saved: CheckpointEvent | undefined;
      try {
        if (epoch === undefined) reason = 'aborted';
        else yield epoch;
      } finally {
        // Also when the loop is left at the epoch's event, as for a loss that is low enough.
        saved = this.#writer && (await this.#save(this.#writer));
      }
      if (saved !== undefined) yield saved;
      if (reason === 'aborted') break;
    }
    yield* this.#written();
    const average = reason === 'completed' && this.#swa?.epochs !== undefined && this.#swa;
    const swa = average && (await this.#unlessAborted(average.finish(this.#settings)));
    if (swa === undefined) reason = 'aborted';
    yield { ...this.#progress.end(reason, this.#settings), ...(swa && { swa }) };
  }

  dispose(): void {
    if (!this.#swa?.isAdopted) this.#optimizer.adoptAverages();
    this.abandon();
  }

  /** Frees what the run holds, and leaves the model as it is. */
  abandon(): void {
    this.#passes?.giveBack();
    this.#optimizer.dispose();
    this.#swa?.dispose();
    this.#pending.dispose();
  }

  /** What is left of the running epoch, or less when aborted. */
  async *#batches(): AsyncGenerator<StepEvent | CheckpointEvent, void, undefined> {
    const { data, accumulate, logEvery } = this.#settings;
    const { epoch, batch: done } = this.#progress.position;
    const waited = (seconds: number) => this.#progress.waited(seconds);
    for await (const batches of stepsFrom(data.train, { epoch: epoch - 1, from: done, accumulate, waited })) {
      if (this.#isAborted) return;
      const start = performance.now();
      this.#step(batches);
      const { step } = this.#progress.position;
      const isLogged = this.#isAtEpochEnd || step % logEvery === 0;
      if (isLogged || this.#pending.count === MAX_PENDING) await this.#measure();
      await this.#breathe();
      this.#progress.worked(secondsSince(start));
      if (isLogged) {
        yield* this.#written();
        yield { ...this.#progress.stepEvent(this.#learningRateAt(step - 1)), ...this.#passes?.news };
        await this.#snapshots?.takeIfDue(() => this.#read());
      }
      // After the last batch comes the epoch's own checkpoint.
      if (!this.#isAtEpochEnd && this.#writer?.isDue(step)) {
        yield* this.#written();
        const saved = await this.#save(this.#writer);
        if (saved !== undefined) yield saved;
      }
    }
  }

  #step(batches: readonly PictureBatch[]): void {
    const { step, epoch, batch } = this.#progress.position;
    const at = { epoch: epoch - 1, batch, step, learningRate: this.#learningRateAt(step) };
    const metrics = takeStep(this.#settings, this.#optimizer, batches, at, this.#passes);
    const examples = batches.reduce((sum, { size }) => sum + size, 0);
    this.#pending.add(metrics, examples);
    this.#progress.advance(batches.length);
  }

  /** Reads what waits on the device. @throws TrainerError `NON_FINITE` */
  async #measure(): Promise<void> {
    const [batches, nonFiniteStep] = await Promise.all([
      this.#pending.read(),
      this.#optimizer.firstNonFiniteStep(),
    ]);
    const first = this.#progress.position.step - batches.length;
    const bad = firstBadStep(batches, first, nonFiniteStep);
    if (bad !== undefined) {
      throw await nonFiniteError(this.#settings, this.#optimizer, bad, this.#learningRateAt(bad));
    }
    this.#progress.measure(batches);
  }

  /** Validates and enters the epoch into the history; undefined when the run is aborted before that. */
  async #finishEpoch(): Promise<EpochEvent | undefined> {
    if (!this.#isAtEpochEnd) return undefined;
    this.#passes?.giveBack(); // what is judged has the memory
    const start = performance.now();
    const validation = finiteValidation(this.#settings, this.#optimizer, this.#progress.position.epoch);
    const validated = await this.#unlessAborted(validation.then((evaluation) => ({ evaluation })));
    if (validated === undefined) return undefined;
    this.#swa?.add(this.#progress.position.epoch);
    const learningRate = this.#learningRateAt(this.#progress.position.step - 1);
    const { record, isBest } = this.#progress.finishEpoch(validated.evaluation, learningRate);
    this.#optimizer.beginEpoch(this.#progress.position.epoch);
    return { type: 'epoch', ...record, isBest, validationSeconds: secondsSince(start) };
  }

  /** What work gives; undefined where the signal stopped it. */
  async #unlessAborted<T>(work: Promise<T>): Promise<T | undefined> {
    try {
      return await work;
    } catch (error) {
      if (this.#isAborted && error === this.#settings.signal?.reason) return undefined;
      throw error;
    }
  }

  /** Saves this moment, or begins to: see `CheckpointWriter.save`. */
  async #save(writer: CheckpointWriter): Promise<CheckpointEvent | undefined> {
    await this.#measure(); // a run that has gone wrong must not replace a good checkpoint
    const { model, slots, averages, swa, ...state } = await this.#read();
    return writer.save({ model, slots, averages, swa }, state);
  }

  /** Waits for what is being written: it's told of before all that comes later. */
  async *#written(): AsyncGenerator<CheckpointEvent, void, undefined> {
    const event = await this.#writer?.written();
    if (event !== undefined) yield event;
  }

  #read(): ReturnType<typeof readRun> {
    return readRun(this.#state, this.#writer?.chain);
  }

  #learningRateAt(step: number): number {
    return learningRateAt(this.#settings, step, this.#progress.history);
  }

  get #isAborted(): boolean {
    return this.#settings.signal?.aborted ?? false;
  }

  get #isAtEpochEnd(): boolean {
    return this.#progress.position.batch === this.#settings.data.train.batchesPerEpoch;
  }
}
