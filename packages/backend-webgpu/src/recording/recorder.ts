import type { ActivationsBackend } from '../activations.js';
import type { Internals } from '../internals.js';
import { BufferKeeper } from './ownBuffers.js';
import type { Take } from './take.js';

/**
 * Notes what a backend's device is told while somebody records (recording.ts): it stands in for the methods by which kernels, TensorFlow.js's
 * own too, give commands. What JavaScript does beside that is not noted: reading values, or making a tensor of some, spoils the take.
 */
export class Recorder {
  readonly keeper: BufferKeeper;
  #take: Take | undefined;
  /** What a program of TensorFlow.js's own binds. */
  #bound: (GPUBindingResource | null)[] = [];

  constructor(backend: ActivationsBackend) {
    this.keeper = new BufferKeeper(backend.bufferManager);
    this.#noteCommands(backend);
    this.#notePrograms(backend as unknown as Internals);
    this.#noteValues(backend);
  }

  get isNoting(): boolean {
    return this.#take !== undefined;
  }

  /** Notes what `body` does. */
  during<T>(take: Take, body: () => T): T {
    this.#take = take;
    try {
      return this.within(take, body);
    } finally {
      this.#take = undefined;
    }
  }

  /** Tensors that `body` makes lie in the take's buffers. */
  within<T>(take: Take, body: () => T): T {
    this.keeper.taker = take.own;
    try {
      return body();
    } finally {
      this.keeper.taker = undefined;
    }
  }

  /** Something happens that the steps don't do again. */
  spoil(reason: string): void {
    if (this.#take !== undefined) this.#take.reason ??= reason;
  }

  #noteCommands(backend: ActivationsBackend): void {
    const dispatch = backend.dispatch.bind(backend);
    backend.dispatch = (shader, run) => {
      if (run.changing) this.spoil(`${shader.name} takes other numbers each time`);
      dispatch(shader, run);
    };
    const run = backend.run.bind(backend);
    backend.run = (command) => {
      this.#take?.add(command);
      run(command);
    };
    const copy = backend.copy.bind(backend);
    backend.copy = (from, to, size) => {
      this.#take?.add({ from, to, size });
      copy(from, to, size);
    };
  }

  #notePrograms(internals: Internals): void {
    const bind = internals.tensorToBinding.bind(internals);
    internals.tensorToBinding = (tensor) => {
      const binding = bind(tensor);
      this.#bound.push(binding);
      return binding;
    };
    const makeUniforms = internals.makeUniforms.bind(internals);
    internals.makeUniforms = (uniforms) => {
      const binding = makeUniforms(uniforms);
      this.#bound.push(binding);
      // It would go back with the next submit, and hold other numbers then.
      if (this.#take !== undefined) this.#take.own.keep(internals.uniformPendingDisposal.pop()!);
      return binding;
    };
    const recordAndSubmit = internals.recordAndSubmit.bind(internals);
    internals.recordAndSubmit = (program, ...rest) => {
      this.#bound = [];
      recordAndSubmit(program, ...rest);
      const { pipeline, dispatch: grid } = program;
      const { name } = program.constructor;
      const buffers = this.#bound.flatMap((one) => (one !== null && 'buffer' in one ? [one] : []));
      if (buffers.length < this.#bound.length) this.spoil(`${name} reads a texture`);
      this.#take?.add({ name, pipeline, layout: pipeline.getBindGroupLayout(0), buffers, grid });
    };
  }

  #noteValues(backend: ActivationsBackend): void {
    const write = backend.write.bind(backend);
    backend.write = (values, ...rest) => {
      if (values != null) this.spoil('a tensor is made of values in JavaScript');
      return write(values, ...rest);
    };
    const read = backend.read.bind(backend);
    backend.read = (dataId) => {
      this.spoil('values are read');
      return read(dataId);
    };
    const readSync = backend.readSync.bind(backend);
    backend.readSync = (dataId) => {
      this.spoil('values are read');
      return readSync(dataId);
    };
    const readToGPU = backend.readToGPU.bind(backend);
    backend.readToGPU = (...given) => {
      this.spoil('values are read');
      return readToGPU(...given);
    };
  }
}
