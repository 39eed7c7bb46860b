import type { WebGPUBackend } from '@tensorflow/tfjs-backend-webgpu';
import { TENSOR_USAGE } from '../deviceMemory.js';

type Manager = WebGPUBackend['bufferManager'];

/** A backend's buffers, where those that recordings work in or read are kept from everybody else. */
export class BufferKeeper {
  /** Gets what is asked for meanwhile. */
  taker: OwnBuffers | undefined;
  readonly #owners = new Map<GPUBuffer, OwnBuffers>();
  /** How many recordings read a buffer of others, and which of these have been given back meanwhile. */
  readonly #readers = new Map<GPUBuffer, number>();
  readonly #given = new Set<GPUBuffer>();
  readonly #acquire: Manager['acquireBuffer'];
  readonly #release: Manager['releaseBuffer'];

  constructor(manager: Manager) {
    this.#acquire = manager.acquireBuffer.bind(manager);
    this.#release = manager.releaseBuffer.bind(manager);
    manager.acquireBuffer = (size, usage, isMapped = false, reuse = true) => {
      // What is mapped is written by JavaScript, once: it is no part of what is done again.
      const isTensors = usage === TENSOR_USAGE && !isMapped && reuse;
      return (isTensors && this.taker?.acquire(size)) || this.#acquire(size, usage, isMapped, reuse);
    };
    manager.releaseBuffer = (buffer, reuse) => {
      const owner = this.#owners.get(buffer);
      if (owner !== undefined) owner.release(buffer);
      else if (this.#readers.has(buffer)) this.#given.add(buffer);
      else this.#release(buffer, reuse);
    };
  }

  isOwned(buffer: GPUBuffer): boolean {
    return this.#owners.has(buffer);
  }

  /** A buffer for one that owns it from now on. */
  give(size: number, owner: OwnBuffers): GPUBuffer {
    const buffer = this.#acquire(size, TENSOR_USAGE);
    this.#owners.set(buffer, owner);
    return buffer;
  }

  own(buffer: GPUBuffer, owner: OwnBuffers): void {
    this.#owners.set(buffer, owner);
  }

  /** Ends the ownership: the buffer goes back, or is anybody's who uses it. */
  disown(buffer: GPUBuffer, isUsed: boolean): void {
    this.#owners.delete(buffer);
    if (!isUsed) this.#release(buffer);
  }

  read(buffer: GPUBuffer): void {
    this.#readers.set(buffer, (this.#readers.get(buffer) ?? 0) + 1);
  }

  unread(buffer: GPUBuffer): void {
    const readers = this.#readers.get(buffer)! - 1;
    if (readers > 0) this.#readers.set(buffer, readers);
    else {
      this.#readers.delete(buffer);
      if (this.#given.delete(buffer)) this.#release(buffer);
    }
  }
}

/** Buffers that a recording has to itself: what is freed is handed out again within it, until all go back at once. */
export class OwnBuffers {
  readonly #keeper: BufferKeeper;
  readonly #free = new Map<number, GPUBuffer[]>();
  readonly #used = new Set<GPUBuffer>();
  /** With values that stay. */
  readonly #kept = new Set<GPUBuffer>();
  /** Of others. */
  readonly #read = new Set<GPUBuffer>();

  constructor(keeper: BufferKeeper) {
    this.#keeper = keeper;
  }

  acquire(size: number): GPUBuffer {
    const buffer = this.#free.get(size)?.pop() ?? this.#keeper.give(size, this);
    this.#used.add(buffer);
    return buffer;
  }

  release(buffer: GPUBuffer): void {
    if (!this.#used.delete(buffer)) return; // kept
    const free = this.#free.get(buffer.size);
    if (free === undefined) this.#free.set(buffer.size, [buffer]);
    else free.push(buffer);
  }

  /** Takes one that is free now, until its release. */
  use(buffer: GPUBuffer): void {
    const free = this.#free.get(buffer.size)!;
    free.splice(free.indexOf(buffer), 1);
    this.#used.add(buffer);
  }

  /** Takes one over from the backend until the end. */
  keep(buffer: GPUBuffer): void {
    this.#keeper.own(buffer, this);
    this.#kept.add(buffer);
  }

  /** Sees to it that a buffer of others keeps its values until the end. */
  read(buffer: GPUBuffer): void {
    if (this.#keeper.isOwned(buffer) || this.#read.has(buffer)) return;
    this.#keeper.read(buffer);
    this.#read.add(buffer);
  }

  isUsed(buffer: GPUBuffer): boolean {
    return this.#used.has(buffer);
  }

  /** How many are in use. */
  get used(): number {
    return this.#used.size;
  }

  /** All go back; those in use, when whoever uses them gives them back. */
  end(): void {
    for (const buffer of [...this.#free.values()].flat()) this.#keeper.disown(buffer, false);
    for (const buffer of this.#kept) this.#keeper.disown(buffer, false);
    for (const buffer of this.#used) this.#keeper.disown(buffer, true);
    for (const buffer of this.#read) this.#keeper.unread(buffer);
    for (const list of [this.#free, this.#kept, this.#used, this.#read]) list.clear();
  }
}
