import type { Dtype, TensorData } from './dtypes.js';

/** The bytes of a file, read when they are needed. */
export interface ByteSource {
  /** The file's name, for errors. */
  readonly name: string;
  /** In bytes. */
  readonly size: number;
  /** The bytes from `begin` to `end`, which are within the size; read-only, since they may be shared. */
  read(begin: number, end: number): Promise<Uint8Array>;
}

/** A tensor of a file whose values were not read yet. */
export interface StoredTensor {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** Its values in row-major order, read anew each time. */
  read(): Promise<TensorData>;
}

/** What is in a file of weights: known whole and checked, before a value is read. */
export interface WeightsFile {
  readonly name: string;
  readonly format: 'safetensors' | 'PyTorch' | 'npz';
  /** In the order of the file. */
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Of a safetensors file; else empty. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The entry of a checkpoint that the tensors were in, such as `state_dict`; undefined when they were at its top. */
  readonly inside?: string;
}

/** A file that is in memory; nothing is copied. */
export function sourceOfBytes(bytes: Uint8Array, name: string): ByteSource {
  return { name, size: bytes.length, read: async (begin, end) => bytes.subarray(begin, end) };
}
