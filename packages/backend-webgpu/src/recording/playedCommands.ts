import { playProblem, type Recording, type Results } from '@residual/ops';
import { engine, type Tensor, util } from '@tensorflow/tfjs-core';
import type { ActivationsBackend } from '../activations.js';
import { BindGroups } from '../bindGroups.js';
import { WebgpuError } from '../error.js';
import type { Place } from '../sharedBuffers.js';
import { copyEach } from './copyEach.js';
import type { Recorder } from './recorder.js';
import type { Step, Take } from './take.js';

/** Where a tensor's values are, each time. */
export interface TensorPlace extends Place {
  shape: number[];
  dtype: 'float32' | 'int32';
}

/** Of all that a recording takes and gives. */
export interface Places {
  inputs: TensorPlace[];
  outputs: TensorPlace[];
  lent: TensorPlace[];
}

/** A recorded function. */
export class PlayedCommands implements Recording {
  readonly #backend: ActivationsBackend;
  readonly #recorder: Recorder;
  readonly #take: Take;
  readonly #places: Places;
  /** What is read in place, copied here each time: a step writes its weights elsewhere. */
  readonly #inPlace: readonly Place[];
  readonly #steps: readonly Step[];
  #isDisposed = false;

  /** @param inPlace sizes of what is read in place, in elements @throws WebgpuError `OUT_OF_MEMORY` */
  constructor(
    backend: ActivationsBackend,
    recorder: Recorder,
    take: Take,
    places: Places,
    inPlace: readonly number[],
  ) {
    this.#backend = backend;
    this.#recorder = recorder;
    this.#take = take;
    this.#places = places;
    const { offsets, size } = backend.layOut(inPlace);
    const buffer = inPlace.length === 0 ? undefined : backend.acquire(size, 'a copy of the weights');
    this.#inPlace = buffer === undefined ? [] : offsets.map((offset) => ({ buffer, offset: 4 * offset }));
    const groups = new BindGroups(backend.device);
    this.#steps = take
      .stepsWith(this.#inPlace)
      .map((step) =>
        'buffers' in step ? { ...step, bindGroup: groups.get(step.layout, step.buffers) } : step,
      );
  }

  play(inputs: readonly Tensor[], inPlace: readonly Tensor[] = []): Results | undefined {
    this.#requirePlayable(inputs);
    this.#recorder.spoil('it plays another recording');
    const { own } = this.#take;
    if (inPlace.length !== this.#inPlace.length) return undefined;
    if (this.#places.lent.some(({ buffer }) => own.isUsed(buffer))) return undefined;
    this.#copy(inputs, this.#places.inputs);
    this.#copy(inPlace, this.#inPlace);
    for (const step of this.#steps) {
      if ('buffers' in step) this.#backend.run(step);
      else this.#backend.copy(step.from, step.to, step.size);
    }
    return { outputs: copyOut(this.#backend, this.#places.outputs), lent: this.lend() };
  }

  /** Tensors of what lies in its own buffers. */
  lend(): Tensor[] {
    const owners = new Map<GPUBuffer, { count: number }>();
    for (const { buffer } of this.#places.lent) {
      const known = owners.get(buffer);
      if (known !== undefined) known.count++;
      else {
        owners.set(buffer, { count: 1 });
        this.#take.own.use(buffer);
      }
    }
    return this.#places.lent.map(({ shape, dtype, ...place }) =>
      engine().makeTensorFromTensorInfo(this.#backend.slice(place, owners.get(place.buffer)!, shape, dtype)),
    );
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    if (this.#inPlace.length > 0) this.#backend.releaseBuffer(this.#inPlace[0]!.buffer);
    this.#take.own.end();
  }

  #copy(tensors: readonly Tensor[], places: readonly Place[]): void {
    const from = tensors.map((tensor) => this.#backend.place(tensor));
    copyEach(this.#backend, from, places);
  }

  #requirePlayable(inputs: readonly Tensor[]): void {
    const recorded = { inputs: this.#places.inputs, isDisposed: this.#isDisposed };
    const problem = playProblem('webgpu: play', inputs, recorded);
    if (problem !== undefined) throw new WebgpuError('RECORDING', problem);
  }
}

/** New tensors of the values that are there. */
export function copyOut(backend: ActivationsBackend, places: readonly TensorPlace[]): Tensor[] {
  if (places.length === 0) return [];
  const { infos } = backend.slices(places);
  copyEach(
    backend,
    places.map(({ buffer, offset, shape }) => ({ buffer, offset, size: 4 * util.sizeFromShape(shape) })),
    infos.map((info) => backend.place(info)),
  );
  return infos.map((info) => engine().makeTensorFromTensorInfo(info));
}
