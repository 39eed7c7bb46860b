/** The typed array that holds each element type of safetensors. */
export interface DtypeArrays {
  F64: Float64Array;
  F32: Float32Array;
  /** The 16 bits of IEEE half precision, as they are. */
  F16: Uint16Array;
  /** The 16 bits of bfloat16, as they are: the upper half of a float32. */
  BF16: Uint16Array;
  I64: BigInt64Array;
  U64: BigUint64Array;
  I32: Int32Array;
  U32: Uint32Array;
  I16: Int16Array;
  U16: Uint16Array;
  I8: Int8Array;
  U8: Uint8Array;
  /** One byte each, 0 or 1. */
  BOOL: Uint8Array;
  /** Complex: real and imaginary part of each element in turn. */
  C64: Float32Array;
  /** The bits of 8-bit floats, as they are. */
  F8_E5M2: Uint8Array;
  F8_E4M3: Uint8Array;
  F8_E8M0: Uint8Array;
  F8_E4M3FNUZ: Uint8Array;
  F8_E5M2FNUZ: Uint8Array;
  /** The packed bits of floats below a byte, as they are. */
  F6_E2M3: Uint8Array;
  F6_E3M2: Uint8Array;
  F4: Uint8Array;
}

export type Dtype = keyof DtypeArrays;

/** A tensor's elements in row-major order. The dtype decides which typed array holds them. */
export type TensorData = {
  [D in Dtype]: { dtype: D; shape: readonly number[]; data: DtypeArrays[D] };
}[Dtype];

interface ArrayType<A> {
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): A;
  readonly BYTES_PER_ELEMENT: number;
  readonly name: string;
}

/** For each dtype its bits an element and its array. */
export const DTYPES: { readonly [D in Dtype]: { bits: number; array: ArrayType<DtypeArrays[D]> } } = {
  F64: { bits: 64, array: Float64Array },
  F32: { bits: 32, array: Float32Array },
  F16: { bits: 16, array: Uint16Array },
  BF16: { bits: 16, array: Uint16Array },
  I64: { bits: 64, array: BigInt64Array },
  U64: { bits: 64, array: BigUint64Array },
  I32: { bits: 32, array: Int32Array },
  U32: { bits: 32, array: Uint32Array },
  I16: { bits: 16, array: Int16Array },
  U16: { bits: 16, array: Uint16Array },
  I8: { bits: 8, array: Int8Array },
  U8: { bits: 8, array: Uint8Array },
  BOOL: { bits: 8, array: Uint8Array },
  C64: { bits: 64, array: Float32Array },
  F8_E5M2: { bits: 8, array: Uint8Array },
  F8_E4M3: { bits: 8, array: Uint8Array },
  F8_E8M0: { bits: 8, array: Uint8Array },
  F8_E4M3FNUZ: { bits: 8, array: Uint8Array },
  F8_E5M2FNUZ: { bits: 8, array: Uint8Array },
  F6_E2M3: { bits: 6, array: Uint8Array },
  F6_E3M2: { bits: 6, array: Uint8Array },
  F4: { bits: 4, array: Uint8Array },
};

export function isDtype(name: string): name is Dtype {
  return Object.hasOwn(DTYPES, name);
}

/**
 * The bytes that a tensor takes, or undefined where there is no such number: a shape too large to count exactly,
 * or elements below a byte that do not fill the last one.
 */
export function byteLength(dtype: Dtype, shape: readonly number[]): number | undefined {
  let elements = 1;
  for (const size of shape) {
    elements *= size;
    if (!Number.isSafeInteger(elements)) return undefined;
  }
  const bytes = (elements * DTYPES[dtype].bits) / 8;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** A tensor of these bytes, as many as its shape takes: a view of them where they are aligned, else a copy. */
export function tensorData(dtype: Dtype, shape: readonly number[], bytes: Uint8Array): TensorData {
  const { array } = DTYPES[dtype];
  const isAligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0;
  const { buffer, byteOffset, byteLength } = isAligned ? bytes : new Uint8Array(bytes); // not slice(): that of a Node Buffer is a view
  const data = new array(buffer, byteOffset, byteLength / array.BYTES_PER_ELEMENT);
  // The table pairs each dtype with its array; the compiler cannot follow that through a union.
  return { dtype, shape, data } as TensorData;
}
