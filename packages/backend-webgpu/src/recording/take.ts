import type { Command } from '../dispatch.js';
import type { Place, Range } from '../sharedBuffers.js';
import { type BufferKeeper, OwnBuffers } from './ownBuffers.js';

/** A command, or a copy of bytes. */
export type Step = Command | { from: Place; to: Place; size: number };

/** What is noted of one function: its commands, and the buffers that they work in. */
export class Take {
  readonly steps: Step[] = [];
  readonly own: OwnBuffers;
  /** Why the steps alone don't do what the function does. */
  reason: string | undefined;
  /** Of others, with values that are new each time. */
  readonly #inPlace: readonly Range[];

  constructor(keeper: BufferKeeper, inPlace: readonly Range[]) {
    this.own = new OwnBuffers(keeper);
    this.#inPlace = inPlace;
  }

  add(step: Step): void {
    this.steps.push(step);
    const ranges = 'buffers' in step ? step.buffers.map(rangeOf) : [{ ...step.from, size: step.size }];
    for (const range of ranges) if (this.#among(range) < 0) this.own.read(range.buffer);
  }

  /**
   * The steps, where what is read in place lies elsewhere.
   *
   * @param places where, as many as are read in place
   */
  stepsWith(places: readonly Place[]): Step[] {
    const moved = (range: Range): Range => {
      const i = this.#among(range);
      if (i < 0) return range;
      return { ...range, ...places[i]!, offset: places[i]!.offset + range.offset - this.#inPlace[i]!.offset };
    };
    return this.steps.map((step) =>
      'buffers' in step
        ? { ...step, buffers: step.buffers.map((binding) => moved(rangeOf(binding))) }
        : { ...step, from: moved({ ...step.from, size: step.size }) },
    );
  }

  /** Which of those in place it lies in; -1: in none. A part of several can't be moved, and spoils the take. */
  #among({ buffer, offset, size }: Range): number {
    const touched = this.#inPlace.flatMap((one, i) =>
      one.buffer === buffer && one.offset < offset + size && offset < one.offset + one.size ? [i] : [],
    );
    const [first] = touched;
    if (first === undefined) return -1;
    const { offset: start, size: length } = this.#inPlace[first]!;
    const isWithin = touched.length === 1 && start <= offset && offset + size <= start + length;
    if (!isWithin) this.reason ??= 'weights are read all at once';
    return isWithin ? first : -1;
  }
}

function rangeOf({ buffer, offset = 0, size = buffer.size - offset }: GPUBufferBinding): Range {
  return { buffer, offset, size };
}
