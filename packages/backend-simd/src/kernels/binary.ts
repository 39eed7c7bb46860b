import { Add, backend_util, Multiply, Neg, Sub, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.js';
import type { TfjsKernel } from '../kernel.js';
import { runStock } from './stock.js';

/** The numbers that assembly/elementwise.ts knows the operations by. */
const OPERATIONS = { add: 0, subtract: 1, subtractFrom: 2, multiply: 3 };

interface Inputs {
  a: TensorInfo;
  b: TensorInfo;
}

export const add = binaryKernel(Add, 'add', 'add', addFeatureMaps);
export const subtract = binaryKernel(Sub, 'subtract', 'subtractFrom');
export const multiply = binaryKernel(Multiply, 'multiply', 'multiply');

/** -x: the gradient of what is subtracted. */
export const negative: TfjsKernel<{ x: TensorInfo }> = {
  kernelName: Neg,
  kernelFunc(params): TensorInfo {
    const {
      inputs: { x },
      backend,
    } = params;
    if (x.dtype !== 'float32') return runStock(Neg, params);
    const y = backend.output(x.shape);
    const factor = backend.constants(4, (pointer) => {
      backend.floats[pointer / 4] = -1;
    });
    computeBinary(backend, 'multiply', [backend.pointer(x), factor], y.pointer, x.shape, []);
    return y.info;
  },
};

/**
 * One of tfjs's operations on two tensors. Float32 tensors of one shape, or one of them being a scalar, a vector along the
 * other's last axes or one of its examples, are computed here; the rest is tfjs's own kernel's.
 */
function binaryKernel(
  kernelName: string,
  operation: keyof typeof OPERATIONS,
  swapped: keyof typeof OPERATIONS,
  alike: typeof runBinary = runBinary,
): TfjsKernel<Inputs> {
  return {
    kernelName,
    kernelFunc(params): TensorInfo {
      const {
        inputs: { a, b },
        backend,
      } = params;
      if (a.dtype === 'float32' && b.dtype === 'float32') {
        const shape = backend_util.assertAndGetBroadcastShape(a.shape, b.shape);
        if (util.arraysEqual(a.shape, b.shape)) return alike(backend, operation, a, b, shape);
        if (repeats(a.shape, b.shape)) return runBinary(backend, operation, a, b, shape);
        if (repeats(b.shape, a.shape)) return runBinary(backend, swapped, b, a, shape);
        if (isOneEach(a.shape, b.shape)) return runRows(backend, operation, a, b);
        if (isOneEach(b.shape, a.shape)) return runRows(backend, swapped, b, a);
      }
      return runStock(kernelName, params);
    },
  };
}

/** Whether the values of `short`, in order and repeated, lie beside those of `long`: it is a suffix of its shape. */
function repeats(long: number[], short: number[]): boolean {
  const first = short.findIndex((length) => length !== 1);
  const suffix = first === -1 ? [] : short.slice(first);
  return suffix.length <= long.length && util.arraysEqual(long.slice(long.length - suffix.length), suffix);
}

/** Whether `few` has one value for each example of `many`, as [B, 1, 1, 1] has for [B, H, W, C]. */
function isOneEach(many: number[], [batch, ...ones]: number[]): boolean {
  return ones.length === many.length - 1 && batch === many[0] && ones.every((length) => length === 1);
}

/** a (op) b, where b has one value for each example of a. */
function runRows(
  backend: SimdBackend,
  operation: keyof typeof OPERATIONS,
  a: TensorInfo,
  b: TensorInfo,
): TensorInfo {
  const y = backend.output(a.shape);
  const [rows = 1, ...row] = a.shape;
  const bytes = 4 * util.sizeFromShape(row);
  const [from, by] = [backend.pointer(a), backend.pointer(b)];
  for (let i = 0; i < rows; i++) {
    computeBinary(backend, operation, [from + i * bytes, by + 4 * i], y.pointer + i * bytes, row, []);
  }
  return y.info;
}

/**
 * a + b where both are [B, H, W, C]: only promised. tfjs adds the gradients of what went two ways, such as a residual
 * block's input, and the gradient of the batch normalisation before the block can read both and never write the sum.
 */
function addFeatureMaps(
  backend: SimdBackend,
  operation: keyof typeof OPERATIONS,
  a: TensorInfo,
  b: TensorInfo,
  shape: number[],
): TensorInfo {
  if (shape.length !== 4) return runBinary(backend, operation, a, b, shape);
  const formula = { kind: 'sum', a: backend.pointer(a), b: backend.pointer(b) } as const;
  const sources = [formula.a, formula.b];
  return backend.defer(shape, formula, sources, (y) =>
    computeBinary(backend, operation, sources, y, shape, shape),
  );
}

/** a (op) b, where b's values repeat along a's. */
export function runBinary(
  backend: SimdBackend,
  operation: keyof typeof OPERATIONS,
  a: TensorInfo,
  b: TensorInfo,
  shape: number[],
): TensorInfo {
  const y = backend.output(shape);
  computeBinary(backend, operation, [backend.pointer(a), backend.pointer(b)], y.pointer, shape, b.shape);
  return y.info;
}

function computeBinary(
  backend: SimdBackend,
  operation: keyof typeof OPERATIONS,
  [a, b]: number[],
  y: number,
  shape: number[],
  bShape: number[],
): void {
  const length = util.sizeFromShape(shape);
  backend.run(
    { kernel: 'binary', work: 2 * length },
    OPERATIONS[operation],
    a!,
    b!,
    y,
    length,
    util.sizeFromShape(bShape),
  );
}
