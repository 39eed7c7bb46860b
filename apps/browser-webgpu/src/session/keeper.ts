import type { NamedFile } from '@residual/data';
import type { RunConfig } from '@residual/runs';
import { type CheckpointEvent, type History, recordOf, type TrainEvent } from '@residual/trainer';
import { backendMemory } from './backends.js';
import { messageOf } from './errors.js';
import type { ForgivingStorage } from './forgivingStorage.js';
import { ENTRY_VERSION, type RunStore } from './runStore.js';
import type { OnEvent, Settings } from './session.js';

const MEMORY_EVERY_MILLISECONDS = 1000;

/** Which run it is, where it is kept, and the epochs that it had when it was resumed. */
interface KeptRun {
  settings: Settings;
  config: RunConfig;
  folder: string;
  history: History;
  /** What it trains on, to be kept with it. */
  files: readonly NamedFile[];
}

/** Passes a run's events on, and keeps account of what is saved of it. */
export class Keeper {
  #history: History;
  #totalSteps = 0;
  #hasFiles = false;
  #lastMemory = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly store: RunStore,
    private readonly run: KeptRun,
    private readonly storage: ForgivingStorage,
    private readonly onEvent: OnEvent,
  ) {
    this.#history = run.history;
  }

  async follow(event: TrainEvent | { type: 'paused' }): Promise<void> {
    this.onEvent(event);
    if (event.type === 'start') {
      this.#totalSteps = event.totalSteps;
      this.#history = this.#history.filter(({ epoch }) => epoch < (event.resumedAt?.epoch ?? 1));
    } else if (event.type === 'step') {
      this.#tellMemory();
    } else if (event.type === 'epoch') {
      this.#history = [...this.#history, recordOf(event)];
      this.onEvent({ type: 'history', history: this.#history });
    } else if (event.type === 'checkpoint' && this.storage.isKept(event.name)) {
      await this.#keep(event);
    }
  }

  async #keep({ step, epoch, batch, bytes }: CheckpointEvent): Promise<void> {
    const { settings, config, folder, files } = this.run;
    const position = { step, epoch, batch };
    const totalSteps = this.#totalSteps;
    const savedRun = { settings, position, totalSteps, history: this.#history, bytes, savedAt: Date.now() };
    try {
      await this.store.keep({
        version: ENTRY_VERSION,
        ...savedRun,
        config,
        folder,
        files: files.map(({ name }) => name),
      });
      this.onEvent({ type: 'saved', savedRun });
      if (!this.#hasFiles) await this.store.keepFiles(folder, files);
      this.#hasFiles = true;
    } catch (error) {
      this.onEvent({ type: 'notSaved', message: messageOf(error) });
    }
  }

  #tellMemory(): void {
    if (performance.now() - this.#lastMemory < MEMORY_EVERY_MILLISECONDS) return;
    this.#lastMemory = performance.now();
    this.onEvent({ type: 'memory', ...backendMemory() });
  }
}
