import type { Run } from '@residual/runs';
import type { EndEvent, TrainEvent } from '@residual/trainer';

/** Gets a run ready: at its beginning, or where it was saved. */
export type Prepare = (signal: AbortSignal) => Promise<Run>;

/**
 * A run that can be paused. To pause is to end it, saved, after its step; to continue is to resume it from there, to the
 * same bits. So a paused run survives everything that a saved one does.
 */
export class ActiveRun {
  #wish: 'run' | 'pause' | 'stop' = 'run';
  #abort = new AbortController();
  #wake: (() => void) | undefined;

  pause(): void {
    this.#wish = 'pause';
    this.#abort.abort();
  }

  continue(): void {
    this.#wish = 'run';
    this.#wake?.();
  }

  stop(): void {
    this.#wish = 'stop';
    this.#abort.abort();
    this.#wake?.();
  }

  /** Follows the run to its end, through its pauses. */
  async follow(
    prepare: Prepare,
    onEvent: (event: TrainEvent | { type: 'paused' }) => Promise<void>,
  ): Promise<void> {
    let end: EndEvent | undefined;
    for (;;) {
      this.#abort = new AbortController();
      if (this.#wish !== 'run') this.#abort.abort();
      const run = await prepare(this.#abort.signal);
      for await (const event of run.events) {
        if (event.type === 'end') end = event;
        else if (event.type !== 'stages') await onEvent(event); // the page has no runs in stages
      }
      if (this.#wish === 'pause' && end?.reason === 'aborted') {
        await onEvent({ type: 'paused' });
        await this.#woken();
        if (this.#is('run')) continue;
      }
      if (end !== undefined) await onEvent(end);
      return;
    }
  }

  /** A method, as the wish changes while the run is followed. */
  #is(wish: 'run' | 'pause' | 'stop'): boolean {
    return this.#wish === wish;
  }

  async #woken(): Promise<void> {
    while (this.#is('pause')) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    this.#wake = undefined;
  }
}
