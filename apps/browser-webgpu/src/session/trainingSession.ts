import type { RawPicture } from '@residual/data';
import type { SelectedBackend } from '@residual/ops';
import { encodeModel, type Run, resumeRun } from '@residual/recipes';
import type { Prediction } from '@residual/trainer';
import { ActiveRun } from './activeRun.js';
import { type BackendChoice, lineOf, startBackend } from './backends.js';
import { type Begin, beginWith, checkpointPolicy } from './begin.js';
import { codeOf, messageOf } from './errors.js';
import { type ForgivingStorage, forgivingStorage } from './forgivingStorage.js';
import { Keeper } from './keeper.js';
import { readModel, shippedModel } from './modelFile.js';
import { ModelInHand } from './modelInHand.js';
import { PictureSets, readFiles } from './pictureSets.js';
import { classifyPicture, explain, filters, labelled, pictures, report, somePicture } from './questions.js';
import { RunStore } from './runStore.js';
import type { OnEvent, Pair, SavedRun, Session, Settings } from './session.js';
import { Turns } from './turns.js';

/** A real GPU would wait for each report; a processor has nothing to wait for. */
const LOG_EVERY = { gpu: 4, cpu: 1 };
/** A run that is about to be followed. */
type Opened = Pick<SavedRun, 'settings' | 'history'> & { folder: string; begin: Begin };

/** One network in hand, one run at a time. Between two steps of a run it answers questions. */
export class TrainingSession implements Session {
  /** What changes the network in hand or the backend, and what asks them, takes turns. */
  readonly #turns = new Turns();
  readonly #store = new RunStore();
  readonly #sets = new PictureSets();
  #choice: BackendChoice = { backend: 'auto', threads: null };
  #backend: SelectedBackend | undefined;
  #hand: ModelInHand | undefined;
  #active: { run: ActiveRun; done: Promise<void> } | undefined;
  /** Of the last report. */
  #examples: Prediction[] = [];

  async start(settings: Settings, onEvent: OnEvent): Promise<void> {
    await this.#run(onEvent, async () => {
      return { settings, folder: this.#store.newFolder(), history: [], begin: beginWith(settings) };
    });
  }

  async resume(onEvent: OnEvent): Promise<void> {
    await this.#run(onEvent, async () => {
      const saved = await this.#store.find();
      if (saved === undefined) throw new Error('There is no saved run any more. Start a new one.');
      const files = await this.#store.files(saved);
      // Without room for them they were not kept: then those count that the user has chosen again.
      if (files.length > 0) onEvent({ type: 'ownPictures', pictures: this.#sets.take(files) });
      return { ...saved, begin: resumeRun };
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

  async #follow(
    run: ActiveRun,
    { settings, folder, history, begin }: Opened,
    onEvent: OnEvent,
  ): Promise<void> {
    const storage = forgivingStorage(this.#store.checkpoints(folder), (error) =>
      onEvent({ type: 'notSaved', message: messageOf(error) }),
    );
    const prepare = (from: Begin) => (signal: AbortSignal) =>
      this.#prepare(settings, storage, signal, onEvent, from);
    const files = settings.data === 'own' ? this.#sets.ownFiles : [];
    const keeper = new Keeper(this.#store, { settings, folder, history, files }, storage, onEvent);
    await run.follow(prepare(begin), prepare(resumeRun), async (event) => {
      if (event.type === 'step' && this.#hand?.provenance === 'training') this.#hand.step = event.step;
      await keeper.follow(event);
    });
  }

  async takeFiles(files: readonly File[]) {
    const named = await readFiles(files);
    return this.#turns.take(async () => {
      this.#examples = [];
      return this.#sets.take(named);
    });
  }

  /** Gets the backend, the pictures and the network ready; the network becomes the one in hand. */
  async #prepare(
    settings: Settings,
    storage: ForgivingStorage,
    signal: AbortSignal,
    onEvent: OnEvent,
    begin: Begin,
  ): Promise<Run> {
    const split = await this.#sets.get(settings.data);
    return this.#turns.take(async () => {
      const backend = await this.#start(settings);
      onEvent({ type: 'backend', backend: lineOf(backend) });
      const run = await begin({
        split,
        signal,
        device: backend.device,
        recover: backend.recover,
        logEvery: backend.isGpu ? LOG_EVERY.gpu : LOG_EVERY.cpu,
        checkpoints: checkpointPolicy(settings, storage),
      });
      const { model, config } = run;
      this.#take(new ModelInHand(model, config.recipe, config.classNames, 'training', 0));
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

  async backend(choice: BackendChoice) {
    return this.#turns.take(async () => {
      const running = this.#active && this.#backend;
      return lineOf(running ?? (await this.#start(choice)));
    });
  }

  async savedRun() {
    const entry = await this.#store.find();
    if (entry === undefined) return null;
    const { folder: _, files: __, ...saved } = entry;
    return saved;
  }

  forget(): Promise<void> {
    return this.#store.hold(() => this.#store.forget());
  }

  model() {
    return this.#ask(async (hand) => hand.facts());
  }

  weights() {
    return this.#ask((hand) => encodeModel(hand.model, hand));
  }

  async loadWeights(bytes: Uint8Array) {
    await this.stop();
    return this.#turns.take(async () => {
      await this.#ready();
      this.#take(readModel(bytes, 'the file', 'file'));
      return this.#hand!.facts();
    });
  }

  evaluate(limit?: number) {
    return this.#ask(async (hand) => {
      const { report: judged, examples } = await report(hand, await this.#test(hand), limit);
      this.#examples = examples;
      return judged;
    });
  }

  pictures(from: number, count: number, pair?: Pair) {
    return this.#ask(async (hand) => {
      const test = await this.#test(hand);
      if (pair === undefined) return pictures(hand, test, from, count);
      return this.#examples
        .filter(({ label, predicted }) => label === pair.label && predicted === pair.predicted)
        .slice(from, from + count)
        .map((example) => labelled(example, test));
    });
  }

  somePicture() {
    return this.#ask(async (hand) => somePicture(hand, await this.#test(hand)));
  }

  explain(picture: Uint8Array, path?: string) {
    return this.#ask((hand) => explain(hand, picture, path));
  }

  filters() {
    return this.#ask(filters);
  }

  classify(picture: RawPicture) {
    return this.#ask((hand) => classifyPicture(hand, picture));
  }

  /** Answers a question about the network in hand, when it is its turn. */
  #ask<T>(answer: (hand: ModelInHand) => Promise<T>): Promise<T> {
    return this.#turns.take(async () => {
      await this.#ready();
      this.#hand ??= await shippedModel();
      try {
        return await answer(this.#hand);
      } catch (error) {
        // A running run recovers by itself, and has all it needs for that.
        if (this.#active !== undefined || !(await this.#backend?.recover?.(error))) throw error;
        this.#hand = await shippedModel();
        throw new Error(
          `${messageOf(error)} The network that comes with the page is back; a saved run can be resumed.`,
        );
      }
    });
  }

  async #ready(): Promise<void> {
    if (this.#backend === undefined) await this.#start(this.#choice);
  }

  /** Starts the backend asked for, unless it runs already. */
  async #start({ backend, threads }: BackendChoice): Promise<SelectedBackend> {
    const isSame = this.#choice.backend === backend && this.#choice.threads === threads;
    if (this.#backend !== undefined && isSame) return this.#backend;
    const hand = this.#hand;
    const bytes = hand && (await encodeModel(hand.model, hand));
    hand?.dispose();
    this.#hand = undefined;
    this.#backend = undefined;
    this.#backend = await startBackend({ backend, threads });
    // Its tensors were on the backend that was.
    if (bytes) this.#hand = readModel(bytes, 'the network in hand', hand.provenance, hand.step);
    this.#choice = { backend, threads };
    return this.#backend;
  }

  #take(hand: ModelInHand): void {
    this.#hand?.dispose();
    this.#hand = hand;
    this.#examples = [];
  }

  async #test({ classNames }: ModelInHand) {
    return (await this.#sets.ofClasses(classNames)).test;
  }
}
