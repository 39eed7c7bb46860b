import type { SelectedBackend } from '@residual/ops';
import { type BackendChoice, startBackend } from './backends.js';
import { messageOf } from './errors.js';
import { type ModelInHand, readModel, shippedModel } from './modelInHand.js';

/**
 * Holds the backend and the network in hand, and does one piece of work at a time, in the order in which they were asked for:
 * what changes either, and what asks them, takes turns.
 */
export class Desk {
  #last: Promise<unknown> = Promise.resolve();
  #choice: BackendChoice = { backend: 'auto', threads: null };
  #backend: SelectedBackend | undefined;
  #hand: ModelInHand | undefined;

  /** @param isTraining whether a run goes on: it recovers by itself when the backend fails */
  constructor(private readonly isTraining: () => boolean) {}

  get hand(): ModelInHand | undefined {
    return this.#hand;
  }

  /** The one that runs. */
  get backend(): SelectedBackend | undefined {
    return this.#backend;
  }

  take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** Answers a question about the network in hand, when it is its turn. */
  ask<T>(answer: (hand: ModelInHand) => Promise<T>): Promise<T> {
    return this.take(async () => {
      await this.ready();
      this.#hand ??= await shippedModel();
      try {
        return await answer(this.#hand);
      } catch (error) {
        // A running run recovers by itself, and has all it needs for that.
        if (this.isTraining() || !(await this.#backend?.recover?.(error))) throw error;
        this.#hand = await shippedModel();
        throw new Error(
          `${messageOf(error)} The network that comes with the page is back; a saved run can be resumed.`,
        );
      }
    });
  }

  // What follows is for work that has its turn.

  /** Puts another network in the place of the one in hand. */
  put(hand: ModelInHand): void {
    this.#hand?.dispose();
    this.#hand = hand;
  }

  /** A backend, whichever, so that tensors can be made. */
  async ready(): Promise<void> {
    if (this.#backend === undefined) await this.start(this.#choice);
  }

  /** Starts the backend asked for, unless it runs already. The network in hand moves over. */
  async start({ backend, threads }: BackendChoice): Promise<SelectedBackend> {
    const isSame = this.#choice.backend === backend && this.#choice.threads === threads;
    if (this.#backend !== undefined && isSame) return this.#backend;
    const hand = this.#hand;
    const bytes = await hand?.encode();
    hand?.dispose();
    this.#hand = undefined;
    this.#backend = undefined;
    this.#backend = await startBackend({ backend, threads });
    // Its tensors were on the backend that was.
    if (hand && bytes) this.#hand = readModel(bytes, 'the network in hand', hand.provenance, hand.step);
    this.#choice = { backend, threads };
    return this.#backend;
  }
}
