import type { Dtype, TensorData } from './dtypes.js';

/** Types whose every value is a float32. */
const EXACT: readonly Dtype[] = ['F32', 'F16', 'BF16'];

/** Whether values of this type can be held as float32, each as it is. */
export function isFloat32(dtype: Dtype): boolean {
  return EXACT.includes(dtype);
}

/** The values as float32: those of F32 as they are, F16 and BF16 widened. Every value is kept, infinities and NaN too. */
export function float32Of({ dtype, data }: TensorData): Float32Array {
  if (dtype === 'F32') return data;
  const bits = new Uint32Array(data.length);
  if (dtype === 'BF16') for (let i = 0; i < bits.length; i++) bits[i] = data[i]! << 16;
  if (dtype === 'F16') for (let i = 0; i < bits.length; i++) bits[i] = bitsOfHalf(data[i]!);
  return new Float32Array(bits.buffer);
}

const scratch = new DataView(new ArrayBuffer(4));

/** The bits of the float32 that equals a half. Source: IEEE 754-2019, section 3.4: 1 + 5 + 10 bits, a bias of 15. */
function bitsOfHalf(half: number): number {
  const sign = (half & 0x8000) << 16;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return sign | 0x7f800000 | (fraction << 13);
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13);
  scratch.setFloat32(0, fraction * 2 ** -24); // zero, and what is smaller than the exponent reaches
  return sign | scratch.getInt32(0);
}
