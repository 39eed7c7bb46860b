import type { Checkpoint, CheckpointState, CheckpointTensors } from './checkpoint.js';

type State = CheckpointTensors & CheckpointState;

/** Keeps the latest state of a run in memory, outside of the device: what a run goes on from when the device is lost. */
export class Snapshots {
  readonly #everySeconds: number;
  #latest: Checkpoint | undefined;
  #taken = 0;

  constructor(everySeconds = 30) {
    this.#everySeconds = everySeconds;
  }

  get latest(): Checkpoint | undefined {
    return this.#latest;
  }

  async take(read: () => Promise<State>): Promise<void> {
    this.#latest = { ...(await read()), name: 'the snapshot in memory', passedOver: [] };
    this.#taken = performance.now();
  }

  async takeIfDue(read: () => Promise<State>): Promise<void> {
    if (performance.now() - this.#taken >= this.#everySeconds * 1000) await this.take(read);
  }
}
