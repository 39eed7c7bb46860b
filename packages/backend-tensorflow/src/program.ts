import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { AddonAttribute, Handle, TensorflowBackend } from './addon.js';

/** TensorFlow's numbers for the types used here (tensorflow/c/tf_datatype.h). */
export const TYPE = { float32: 1, float64: 2, int32: 3, int64: 9, bool: 10 } as const;

/** A list is one of whole numbers; a type and a float are marked, because a number alone could be either. */
export type Attributes = {
  [name: string]: boolean | string | number[] | { int: number } | { float: number } | { type: number };
};

/**
 * A kernel as a few of TensorFlow's operations, on native tensors alone: what lies between never becomes a tensor of
 * tfjs, may have types that tfjs doesn't know, and ends with the program.
 *
 * The types of an operation's inputs and all attributes that have a default may be left out: TensorFlow infers them.
 */
export class Program {
  readonly #backend: TensorflowBackend;
  readonly #own: Handle[] = [];

  private constructor(backend: TensorflowBackend) {
    this.#backend = backend;
  }

  /** Runs `body` and frees all that it made, except for what it returns. */
  static run(backend: TensorflowBackend, body: (program: Program) => Handle[]): TensorInfo[] {
    const program = new Program(backend);
    let results: Handle[] = [];
    try {
      results = body(program);
      return results.map((handle) => backend.createOutputTensor(handle));
    } finally {
      for (const handle of program.#own) {
        if (!results.includes(handle)) backend.binding.deleteTensor(handle.id);
      }
    }
  }

  get usesGpu(): boolean {
    return this.#backend.isUsingGpuDevice;
  }

  /** A tensor of tfjs. It is borrowed: to return it, copy it with `Identity`. */
  input({ dataId, shape, dtype }: TensorInfo): Handle {
    const [id] = this.#backend.getInputTensorIds([{ dataId, shape, dtype }]);
    return { id: id!, shape, dtype: TYPE[dtype as keyof typeof TYPE] };
  }

  floats(shape: number[], values: number[]): Handle {
    return this.#constant(shape, TYPE.float32, Float32Array.from(values));
  }

  float(value: number): Handle {
    return this.floats([], [value]);
  }

  integers(shape: number[], values: ArrayLike<number>): Handle {
    return this.#constant(shape, TYPE.int32, Int32Array.from(values));
  }

  integer(value: number): Handle {
    return this.integers([], [value]);
  }

  /** [n], int32: a shape, or a list of axes. */
  list(values: number[]): Handle {
    return this.integers([values.length], values);
  }

  /** The first output of an operation that has `outputs`. */
  call(name: string, inputs: Handle[], attributes: Attributes = {}, outputs = 1): Handle {
    return this.callAll(name, inputs, attributes, outputs)[0]!;
  }

  callAll(name: string, inputs: Handle[], attributes: Attributes, outputs: number): Handle[] {
    const { binding } = this.#backend;
    const ids = inputs.map(({ id }) => id);
    const results = binding.executeOp(name, this.#attributes(attributes), ids, outputs);
    this.#own.push(...results);
    return results;
  }

  cast(x: Handle, type: keyof typeof TYPE): Handle {
    return this.call('Cast', [x], { DstT: { type: TYPE[type] } });
  }

  /** Waits for the device. */
  read(x: Handle): ArrayLike<number> {
    return this.#backend.binding.tensorDataSync(x.id);
  }

  reshape(x: Handle, shape: number[]): Handle {
    const isSame = x.shape.length === shape.length && x.shape.every((length, axis) => length === shape[axis]);
    return isSame ? x : this.call('Reshape', [x, this.list(shape)]);
  }

  #constant(shape: number[], dtype: number, values: Float32Array | Int32Array): Handle {
    const handle = { id: this.#backend.binding.createTensor(shape, dtype, values), shape, dtype };
    this.#own.push(handle);
    return handle;
  }

  #attributes(attributes: Attributes): AddonAttribute[] {
    const { binding } = this.#backend;
    return Object.entries(attributes).map(([name, value]) => {
      if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
      if (typeof value === 'string') return { name, type: binding.TF_ATTR_STRING, value };
      if (Array.isArray(value)) return { name, type: binding.TF_ATTR_INT, value };
      if ('int' in value) return { name, type: binding.TF_ATTR_INT, value: value.int };
      if ('float' in value) return { name, type: binding.TF_ATTR_FLOAT, value: value.float };
      return { name, type: binding.TF_ATTR_TYPE, value: value.type };
    });
  }
}
