import { playProblem, type Recording, type Results } from '@residual/ops';
import { dispose, engine, type Tensor, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { Blocks } from './blocks.js';
import { SimdError } from './error.js';
import type { SimdMemory } from './memory.js';
import type { ThreadPool } from './pool.js';
import type { Recorder, Take } from './recorder.js';

type Made = { info: TensorInfo; pointer: number };

/** What recordings need of a backend, and of what it is made of. */
export interface RecordingParts {
  readonly backend: {
    scope<T>(body: () => T): T;
    pointer(tensor: TensorInfo): number;
    placeOf(tensor: TensorInfo): number;
    output(shape: number[], dtype: Place['dtype']): Made;
    tensorAt(pointer: number, shape: number[], dtype: Place['dtype']): Made;
  };
  readonly memory: SimdMemory;
  readonly blocks: Blocks;
  readonly pool: ThreadPool;
  readonly recorder: Recorder;
}

/** Where a tensor's values are, each time. */
export interface Place {
  pointer: number;
  shape: number[];
  dtype: 'float32' | 'int32';
}

/** Of all that a recording takes and gives. */
export interface Places {
  inputs: Place[];
  /** Pointers. */
  inPlace: number[];
  outputs: Place[];
  lent: Place[];
}

/** A recorded function. */
export class PlayedSteps implements Recording {
  readonly #parts: RecordingParts;
  readonly #take: Take;
  readonly #places: Places;
  /** Those that could give their memory back. */
  readonly #idle: Set<PlayedSteps>;
  /** Calls, each with the byte pointer of its arguments, and copies, in their order. */
  readonly #steps: (
    | { kernel: number; args: number; threads: number }
    | { from: number; to: number; count: number }
  )[];
  /** All calls' arguments: a copy that stays as it is, and behind it the one that calls may change. */
  readonly #args: number;
  readonly #words: number;
  #state: 'playable' | 'given up' | 'disposed' = 'playable';

  constructor(parts: RecordingParts, take: Take, places: Places, idle: Set<PlayedSteps>) {
    this.#parts = parts;
    this.#take = take;
    this.#places = places;
    const { blocks, memory } = parts;
    let words = 0;
    const starts = take.steps.map((step) => {
      const start = words;
      // On cache lines of its own: threads count in them.
      if ('words' in step) words += Math.ceil(step.words.length / 16) * 16;
      return start;
    });
    this.#words = words;
    this.#args = blocks.allocate(8 * words, () => 'the recording');
    this.#steps = take.steps.map((step, i) => {
      if (!('words' in step)) return step;
      memory.words.set(step.words, this.#args / 4 + starts[i]!);
      const args = this.#args + 4 * (words + starts[i]!);
      return { kernel: step.kernel, args, threads: step.threads };
    });
    this.#idle = idle;
    idle.add(this);
  }

  play(inputs: readonly Tensor[], inPlace: readonly Tensor[] = []): Results | undefined {
    this.#requirePlayable(inputs);
    this.#parts.recorder.spoil('it plays another recording');
    if (!this.#isAsRecorded(inPlace)) return undefined;
    this.#idle.delete(this); // so that nothing takes its memory away meanwhile
    try {
      copyIn(this.#parts, inputs, this.#places.inputs);
      this.#run();
      const outputs = copyOut(this.#parts, this.#places.outputs);
      return { outputs, lent: this.#places.lent.map((place) => this.#lend(place)) };
    } finally {
      this.#idle.add(this);
    }
  }

  dispose(): void {
    this.#end('disposed');
  }

  /** Gives its memory back, as there is no other; says whether it had any. */
  giveUp(): boolean {
    return this.#end('given up');
  }

  #end(state: 'given up' | 'disposed'): boolean {
    const isFirst = this.#state === 'playable';
    this.#state = state;
    if (!isFirst) return false;
    this.#idle.delete(this);
    this.#parts.blocks.releaseNow(this.#args);
    this.#take.end();
    return true;
  }

  #run(): void {
    const { memory, pool } = this.#parts;
    memory.copy(this.#args, this.#args + 4 * this.#words, this.#words);
    for (const step of this.#steps) {
      if ('kernel' in step) pool.run(step.kernel, step.args, step.threads);
      else memory.copy(step.from, step.to, step.count);
    }
  }

  #lend({ pointer, shape, dtype }: Place): Tensor {
    return engine().makeTensorFromTensorInfo(this.#parts.backend.tensorAt(pointer, shape, dtype).info);
  }

  /** Whether its memory is its own, and what it reads in place is where it was. */
  #isAsRecorded(inPlace: readonly Tensor[]): boolean {
    const { backend, blocks } = this.#parts;
    const places = this.#places;
    return (
      this.#state === 'playable' &&
      inPlace.length === places.inPlace.length &&
      inPlace.every((tensor, i) => backend.placeOf(tensor) === places.inPlace[i]) &&
      !places.lent.some(({ pointer }) => blocks.isShared(pointer))
    );
  }

  #requirePlayable(inputs: readonly Tensor[]): void {
    const recorded = { inputs: this.#places.inputs, isDisposed: this.#state === 'disposed' };
    const problem = playProblem('simd: play', inputs, recorded);
    if (problem !== undefined) throw new SimdError('RECORDING', problem);
  }
}

/** Copies values to their places. */
export function copyIn(
  { backend, memory }: RecordingParts,
  inputs: readonly Tensor[],
  places: Place[],
): void {
  for (const [i, { pointer }] of places.entries()) {
    const input = inputs[i]!;
    // A lossless cast shares data of the other type, which takes scratch memory.
    backend.scope(() => memory.copy(backend.pointer(input), pointer, input.size));
  }
}

/** New tensors of the values that are there. */
export function copyOut({ backend, memory }: RecordingParts, places: readonly Place[]): Tensor[] {
  const made: Tensor[] = [];
  try {
    for (const { pointer, shape, dtype } of places) {
      const { info, pointer: to } = backend.output(shape, dtype);
      memory.copy(pointer, to, util.sizeFromShape(shape));
      made.push(engine().makeTensorFromTensorInfo(info));
    }
    return made;
  } catch (error) {
    dispose(made);
    throw error;
  }
}
