import { layerSummary } from '@residual/blocks';
import type { RawPicture, Task } from '@residual/data';
import { findModel } from '@residual/models';
import { recipes } from '@residual/recipes';
import { configure, type Run, type RunConfig, resumeRun } from '@residual/runs';
import type { CheckpointPolicy, CheckpointStorage, Prediction } from '@residual/trainer';
import { ActiveRun } from './activeRun.js';
import { type BackendChoice, lineOf } from './backends.js';
import { Desk } from './desk.js';
import { codeOf, messageOf } from './errors.js';
import { type ForgivingStorage, forgivingStorage } from './forgivingStorage.js';
import { Keeper } from './keeper.js';
import { ModelInHand, readModel } from './modelInHand.js';
import { PictureSets, readFiles } from './pictureSets.js';
import { classifyPicture, explain, filters, labelled, pictures, report, somePicture } from './questions.js';
import { RunStore } from './runStore.js';
import type { OnEvent, Pair, SavedRun, Session, Settings } from './session.js';

/** A real GPU would wait for each report; a processor has nothing to wait for. */
const LOG_EVERY = { gpu: 4, cpu: 1 };

/** The checkpoint of a large network takes a second to write. */
const SAVE_EVERY_SECONDS = { small: 10, large: 60 };
/** Trained numbers: 4 MB, and as much again for the optimizer and for the average. */
const LARGE = 1_000_000;

/** A run that is about to be followed. */
type Opened = Pick<SavedRun, 'settings' | 'history'> & { folder: string; config: RunConfig };

/** One network in hand, one run at a time. Between two steps of a run it answers questions. */
export class TrainingSession implements Session {
  readonly #desk = new Desk(() => this.#active !== undefined);
  readonly #store = new RunStore();
  readonly #sets = new PictureSets();
  #active: { run: ActiveRun; done: Promise<void> } | undefined;
  /** Of the last report. */
  #examples: Prediction[] = [];

  async start(settings: Settings, onEvent: OnEvent): Promise<void> {
    await this.#run(onEvent, async () => {
      const { task } = await this.#sets.get(settings.data);
      return { settings, folder: this.#store.newFolder(), history: [], config: configOf(settings, task) };
    });
  }

  async resume(onEvent: OnEvent): Promise<void> {
    await this.#run(onEvent, async () => {
      const saved = await this.#store.find();
      if (saved === undefined) throw new Error('There is no saved run any more. Start a new one.');
      const files = await this.#store.files(saved);
      // Without room for them they were not kept: then those count that the user has chosen again.
      if (files.length > 0) onEvent({ type: 'ownPictures', pictures: this.#sets.take(files) });
      return saved;
    });
  }

  /** @param open says which run it is, when no other tab can write any more */
  async #run(onEvent: OnEvent, open: () => Promise<Opened>): Promise<void> {
    await this.stop();
    const run = new ActiveRun();
    const done = this.#store
      .hold(async () => this.#follow(run, await open(), onEvent))
      .catch((error: unknown) => {
        onEvent({ type: 'failure', code: codeOf(error), message: messageOf(error) });
      });
    this.#active = { run, done };
    await done;
    if (this.#active?.run === run) this.#active = undefined;
  }

  async #follow(run: ActiveRun, opened: Opened, onEvent: OnEvent): Promise<void> {
    const { settings } = opened;
    const storage = forgivingStorage(this.#store.checkpoints(opened.folder), (error) =>
      onEvent({ type: 'notSaved', message: messageOf(error) }),
    );
    const files = settings.data === 'own' ? this.#sets.ownFiles : [];
    const keeper = new Keeper(this.#store, { ...opened, files }, storage, onEvent);
    const prepare = (signal: AbortSignal) => this.#prepare(opened, storage, signal, onEvent);
    await run.follow(prepare, async (event) => {
      const { hand } = this.#desk;
      if (event.type === 'step' && hand?.provenance === 'training') hand.step = event.step;
      await keeper.follow(event);
    });
  }

  /** Gets the backend, the pictures and the network ready; the network becomes the one in hand. */
  async #prepare(
    { settings, config }: Opened,
    storage: ForgivingStorage,
    signal: AbortSignal,
    onEvent: OnEvent,
  ): Promise<Run> {
    const data = await this.#sets.get(settings.data);
    return this.#desk.take(async () => {
      const backend = await this.#desk.start(settings);
      onEvent({ type: 'backend', backend: lineOf(backend) });
      // From its latest checkpoint; a run that has none yet begins at its beginning.
      const run = await resumeRun({
        config,
        data,
        signal,
        device: backend.device,
        recover: backend.recover,
        logEvery: backend.isGpu ? LOG_EVERY.gpu : LOG_EVERY.cpu,
        checkpoints: checkpointPolicy(config, storage),
      });
      this.#put(
        new ModelInHand(run.model, { task: config.task, model: config.training.model }, 'training', 0),
      );
      return run;
    });
  }

  async pause(): Promise<void> {
    this.#active?.run.pause();
  }

  async continue(): Promise<void> {
    this.#active?.run.continue();
  }

  async stop(): Promise<void> {
    this.#active?.run.stop();
    await this.#active?.done;
  }

  async takeFiles(files: readonly File[]) {
    const named = await readFiles(files);
    return this.#desk.take(async () => {
      this.#examples = [];
      return this.#sets.take(named);
    });
  }

  backend(choice: BackendChoice) {
    return this.#desk.take(async () => {
      const running = this.#active && this.#desk.backend;
      return lineOf(running ?? (await this.#desk.start(choice)));
    });
  }

  async savedRun() {
    const entry = await this.#store.find();
    if (entry === undefined) return null;
    const { folder: _, files: __, config: ___, version: ____, ...saved } = entry;
    return saved;
  }

  forget(): Promise<void> {
    return this.#store.hold(() => this.#store.forget());
  }

  model() {
    return this.#desk.ask(async (hand) => hand.describe());
  }

  weights() {
    return this.#desk.ask((hand) => hand.encode());
  }

  async loadWeights(bytes: Uint8Array) {
    await this.stop();
    return this.#desk.take(async () => {
      await this.#desk.ready();
      const hand = readModel(bytes, 'the file', 'file');
      this.#put(hand);
      return hand.describe();
    });
  }

  evaluate(limit?: number) {
    return this.#desk.ask(async (hand) => {
      const { report: judged, examples } = await report(hand, await this.#test(hand), limit);
      this.#examples = examples;
      return judged;
    });
  }

  pictures(from: number, count: number, pair?: Pair) {
    return this.#desk.ask(async (hand) => {
      const test = await this.#test(hand);
      if (pair === undefined) return pictures(hand, test, from, count);
      return this.#examples
        .filter(({ label, predicted }) => label === pair.label && predicted === pair.predicted)
        .slice(from, from + count)
        .map((example) => labelled(example, test));
    });
  }

  somePicture() {
    return this.#desk.ask(async (hand) => somePicture(hand, await this.#test(hand)));
  }

  explain(picture: RawPicture, path?: string) {
    return this.#desk.ask((hand) => explain(hand, picture, path));
  }

  filters() {
    return this.#desk.ask(filters);
  }

  classify(picture: RawPicture) {
    return this.#desk.ask((hand) => classifyPicture(hand, picture));
  }

  #put(hand: ModelInHand): void {
    this.#desk.put(hand);
    this.#examples = [];
  }

  async #test({ facts }: ModelInHand) {
    return (await this.#sets.ofTask(facts.task)).test;
  }
}

/** The run that the form's settings mean. */
function configOf(settings: Settings, task: Task): RunConfig {
  const { recipe, model, limit, batchSize, learningRate, epochs, seed } = settings;
  const overrides = { model, batchSize, learningRate, epochs, seed, limit: limit ?? undefined };
  return configure(recipes[recipe], task, overrides);
}

/** When a run saves itself. */
function checkpointPolicy({ task, training }: RunConfig, storage: CheckpointStorage): CheckpointPolicy {
  const { height, width, channels } = task.picture;
  const model = findModel(training.model.name).create({ numClasses: task.classNames.length });
  const { parameters } = layerSummary(model, [1, height, width, channels]); // without arithmetic
  const everySeconds = parameters < LARGE ? SAVE_EVERY_SECONDS.small : SAVE_EVERY_SECONDS.large;
  return { storage, everySeconds, keepLast: 1, keepBest: false };
}
