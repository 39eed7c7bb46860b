import type { Recorded, Recording } from '@residual/ops';
import { engine, type Tensor, type TensorInfo, tidy, util } from '@tensorflow/tfjs-core';
import type { Blocks } from './blocks.js';
import { SimdError } from './error.js';
import type { SimdMemory } from './memory.js';
import type { ThreadPool } from './pool.js';
import { type Recorder, Take } from './recorder.js';

/** What recordings need of a backend, and of what it is made of. */
interface RecordingParts {
  readonly backend: {
    scope<T>(body: () => T): T;
    pointer(tensor: TensorInfo): number;
    output(shape: number[], dtype: Place['dtype']): { info: TensorInfo; pointer: number };
  };
  readonly memory: SimdMemory;
  readonly blocks: Blocks;
  readonly pool: ThreadPool;
  readonly recorder: Recorder;
}

/** Where a tensor's values are, each time. */
interface Place {
  pointer: number;
  shape: number[];
  dtype: 'float32' | 'int32';
}

type Fn = (...inputs: Tensor[]) => Tensor;

/** See `RecordingBackend` of `@residual/ops`. */
export function record(parts: RecordingParts, inputs: readonly Tensor[], fn: Fn): Recorded {
  const { blocks, recorder } = parts;
  const plain = (reason: string): Recorded => ({ output: tidy(() => fn(...inputs)), reason });
  if (recorder.isNoting) {
    recorder.spoil('it records something itself');
    return plain('it is part of another recording');
  }
  const other = inputs.find(({ dtype }) => !isStored(dtype));
  if (other !== undefined) return plain(`an input is of type ${other.dtype}`);

  const take = new Take(blocks);
  let made: Tensor | undefined;
  try {
    const { output, places, result } = perform(parts, take, inputs, fn);
    made = output;
    if (result === undefined) take.reason ??= `its result is of type ${output.dtype}`;
    if (!take.isClosed) take.reason ??= 'a tensor that it makes outlives it';
    if (result !== undefined && take.reason === undefined) {
      return { output, recording: new PlayedSteps(parts, take, places, result) };
    }
    take.end();
    return { output, reason: take.reason! };
  } catch (error) {
    made?.dispose();
    take.end();
    throw error;
  }
}

/** Calls `fn` with copies of its inputs, which have their places in the arena; the output is a copy that has none there. */
function perform(
  parts: RecordingParts,
  take: Take,
  inputs: readonly Tensor[],
  fn: Fn,
): { output: Tensor; places: Place[]; result: Place | undefined } {
  const { backend, blocks, recorder } = parts;
  const own: Tensor[] = [];
  try {
    const places = inputs.map(({ shape, dtype }): Place => {
      const stored = dtype as Place['dtype'];
      const { info, pointer } = blocks.within(take.arena, () => backend.output(shape, stored));
      own.push(engine().makeTensorFromTensorInfo(info));
      take.hold(pointer);
      return { pointer, shape, dtype: stored };
    });
    copyIn(parts, inputs, places);
    const { output, result } = recorder.during(take, () => {
      const output = tidy(() => fn(...own));
      if (!isStored(output.dtype)) return { output, result: undefined };
      own.push(output);
      const pointer = backend.pointer(output); // computed now, where it is deferred
      take.hold(pointer);
      return { output, result: { pointer, shape: output.shape, dtype: output.dtype as Place['dtype'] } };
    });
    return { output: result === undefined ? output : copyOut(parts, result), places, result };
  } finally {
    for (const tensor of own) tensor.dispose();
  }
}

/** A recorded function. */
class PlayedSteps implements Recording {
  readonly #parts: RecordingParts;
  readonly #take: Take;
  readonly #inputs: Place[];
  readonly #result: Place;
  /** Calls, each with the byte pointer of its arguments, and copies, in their order. */
  readonly #steps: (
    | { kernel: number; args: number; threads: number }
    | { from: number; to: number; count: number }
  )[];
  /** All calls' arguments: a copy that stays as it is, and behind it the one that calls may change. */
  readonly #args: number;
  readonly #words: number;
  #isDisposed = false;

  constructor(parts: RecordingParts, take: Take, inputs: Place[], result: Place) {
    this.#parts = parts;
    this.#take = take;
    this.#inputs = inputs;
    this.#result = result;
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
  }

  play(inputs: readonly Tensor[]): Tensor {
    const { memory, pool, recorder } = this.#parts;
    this.#requirePlayable(inputs);
    recorder.spoil('it plays another recording');
    copyIn(this.#parts, inputs, this.#inputs);
    memory.copy(this.#args, this.#args + 4 * this.#words, this.#words);
    for (const step of this.#steps) {
      if ('kernel' in step) pool.run(step.kernel, step.args, step.threads);
      else memory.copy(step.from, step.to, step.count);
    }
    return copyOut(this.#parts, this.#result);
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#parts.blocks.release(this.#args);
    this.#take.end();
  }

  #requirePlayable(inputs: readonly Tensor[]): void {
    const describe = (list: readonly Pick<Place, 'shape' | 'dtype'>[]) =>
      list.map(({ shape, dtype }) => `${dtype} [${shape.join(', ')}]`).join(', ');
    const fits =
      inputs.length === this.#inputs.length &&
      this.#inputs.every(
        ({ shape, dtype }, i) => inputs[i]!.dtype === dtype && util.arraysEqual(inputs[i]!.shape, shape),
      );
    if (fits && !this.#isDisposed) return;
    throw new SimdError('RECORDING', {
      where: 'simd: play',
      expected: describe(this.#inputs),
      received: this.#isDisposed ? 'a recording that has been disposed of' : describe(inputs as never),
      fix: 'Play a recording with inputs of the shapes and types that were recorded, before dispose().',
    });
  }
}

function isStored(dtype: string): boolean {
  return dtype === 'float32' || dtype === 'int32';
}

function copyIn({ backend, memory }: RecordingParts, inputs: readonly Tensor[], places: Place[]): void {
  for (const [i, { pointer }] of places.entries()) {
    const input = inputs[i]!;
    // A lossless cast shares data of the other type, which takes scratch memory.
    backend.scope(() => memory.copy(backend.pointer(input), pointer, input.size));
  }
}

function copyOut({ backend, memory }: RecordingParts, { pointer, shape, dtype }: Place): Tensor {
  const { info, pointer: to } = backend.output(shape, dtype);
  memory.copy(pointer, to, util.sizeFromShape(shape));
  return engine().makeTensorFromTensorInfo(info);
}
