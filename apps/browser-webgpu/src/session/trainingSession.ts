import type { DataSplit, RawPicture } from '@residual/data';
import { fashionMnist } from '@residual/fashion-mnist';
import type { SelectedBackend } from '@residual/ops';
import { encodeModel, type Run, type RunOptions, recipes, resumeRun, startRecipe } from '@residual/recipes';
import type { CheckpointPolicy, History, Prediction } from '@residual/trainer';
import { ActiveRun } from './activeRun.js';
import { type BackendChoice, lineOf, startBackend } from './backends.js';
import { codeOf, messageOf } from './errors.js';
import { type ForgivingStorage, forgivingStorage } from './forgivingStorage.js';
import { Keeper } from './keeper.js';
import { readModel, shippedModel } from './modelFile.js';
import { ModelInHand } from './modelInHand.js';
import { keepPictures } from './pictureCache.js';
import { classifyPicture, explain, filters, labelled, pictures, report } from './questions.js';
import { RunStore } from './runStore.js';
import type { OnEvent, Pair, Session, Settings } from './session.js';
import { Turns } from './turns.js';

/** A real GPU would wait for each report; a processor has nothing to wait for. */
const LOG_EVERY = { gpu: 4, cpu: 1 };
/** The checkpoint of a large network takes a second to write. */
const SAVE_EVERY_SECONDS = { small: 10, large: 60 };

/** One network in hand, one run at a time. Between two steps of a run it answers questions. */
export class TrainingSession implements Session {
  /** What changes the network in hand or the backend, and what asks them, takes turns. */
  readonly #turns = new Turns();
  readonly #store = new RunStore();
  #choice: BackendChoice = { backend: 'auto', threads: null };
  #backend: SelectedBackend | undefined;
  #split: Promise<DataSplit> | undefined;
  #hand: ModelInHand | undefined;
  #active: { run: ActiveRun; done: Promise<void> } | undefined;
  /** Of the last report. */
  #examples: Prediction[] = [];

  async start(settings: Settings, onEvent: OnEvent): Promise<void> {
    const { recipe, model, limit, batchSize, learningRate, epochs, seed } = settings;
    const overrides = { model, batchSize, learningRate, epochs, seed, limit: limit ?? undefined };
    const begin = (options: RunOptions) => startRecipe(recipes[recipe], { ...options, overrides });
    await this.#run(settings, this.#store.newFolder(), [], onEvent, begin);
  }

  async resume(onEvent: OnEvent): Promise<void> {
    const saved = await this.#store.find();
    if (saved === undefined) throw new Error('There is no saved run any more. Start a new one.');
    await this.#run(saved.settings, saved.folder, saved.history, onEvent, resumeRun);
  }

  async #run(
    settings: Settings,
    folder: string,
    history: History,
    onEvent: OnEvent,
    begin: (options: RunOptions & { checkpoints: CheckpointPolicy }) => Promise<Run>,
  ): Promise<void> {
    await this.stop();
    const active = new ActiveRun();
    const storage = forgivingStorage(this.#store.checkpoints(folder), (error) =>
      onEvent({ type: 'notSaved', message: messageOf(error) }),
    );
    const prepare = (from: typeof begin) => (signal: AbortSignal) =>
      this.#prepare(settings, storage, signal, onEvent, from);
    const keeper = new Keeper(this.#store, { settings, folder, history }, storage, onEvent);
    const follow = async () => {
      await active.follow(prepare(begin), prepare(resumeRun), async (event) => {
        if (event.type === 'step' && this.#hand?.provenance === 'training') this.#hand.step = event.step;
        await keeper.follow(event);
      });
    };
    const done = follow().catch((error: unknown) => {
      onEvent({ type: 'failure', code: codeOf(error), message: messageOf(error) });
    });
    this.#active = { run: active, done };
    await done;
    if (this.#active?.run === active) this.#active = undefined;
  }

  /** Gets the backend, the pictures and the network ready; the network becomes the one in hand. */
  async #prepare(
    settings: Settings,
    storage: ForgivingStorage,
    signal: AbortSignal,
    onEvent: OnEvent,
    begin: (options: RunOptions & { checkpoints: CheckpointPolicy }) => Promise<Run>,
  ): Promise<Run> {
    const split = await this.#pictures();
    return this.#turns.take(async () => {
      const backend = await this.#start(settings);
      onEvent({ type: 'backend', backend: lineOf(backend) });
      const isSmall = settings.model === 'resnet20';
      const run = await begin({
        split,
        signal,
        device: backend.device,
        recover: backend.recover,
        logEvery: backend.isGpu ? LOG_EVERY.gpu : LOG_EVERY.cpu,
        checkpoints: {
          storage,
          everySeconds: isSmall ? SAVE_EVERY_SECONDS.small : SAVE_EVERY_SECONDS.large,
          keepLast: 1,
          keepBest: false,
        },
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
    return this.#turns.take(async () => lineOf(this.#active ? this.#backend! : await this.#start(choice)));
  }

  async savedRun() {
    const entry = await this.#store.find();
    if (entry === undefined) return null;
    const { folder: _, ...saved } = entry;
    return saved;
  }

  forget(): Promise<void> {
    return this.#store.forget();
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
      const { report: judged, examples } = await report(hand, await this.#test(), limit);
      this.#examples = examples;
      return judged;
    });
  }

  pictures(from: number, count: number, pair?: Pair) {
    return this.#ask(async (hand) => {
      const test = await this.#test();
      if (pair === undefined) return pictures(hand, test, from, count);
      return this.#examples
        .filter(({ label, predicted }) => label === pair.label && predicted === pair.predicted)
        .slice(from, from + count)
        .map((example) => labelled(example, test));
    });
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

  async #test() {
    return (await this.#pictures()).test;
  }

  #pictures(): Promise<DataSplit> {
    this.#split ??= this.#loadPictures();
    return this.#split;
  }

  async #loadPictures(): Promise<DataSplit> {
    try {
      const split = await fashionMnist();
      keepPictures().catch(() => {}); // without room for them the page still works online
      return split;
    } catch (error) {
      this.#split = undefined; // another try may have more luck
      throw error;
    }
  }
}
