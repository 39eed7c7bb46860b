import { BatchMatMul, broadcast_util, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TfjsKernel, TfjsParams } from '../kernel.js';
import { multiply } from '../matrix/multiply.js';
import { runStock } from './stock.js';

export interface MatMulInputs {
  /** [..., rows, depth] */
  a: TensorInfo;
  /** [..., depth, columns] */
  b: TensorInfo;
}

export interface MatMulAttributes {
  transposeA: boolean;
  transposeB: boolean;
}

/** `tf.matMul`: [..., rows, columns]; what comes before the matrices is broadcast. */
export const batchMatMul: TfjsKernel<MatMulInputs, MatMulAttributes> = {
  kernelName: BatchMatMul,
  kernelFunc: (params) => matMul(params),
};

/** @param bias byte pointer to a float for each column; 0: none. */
export function matMul(params: TfjsParams<MatMulInputs, MatMulAttributes>, bias = 0): TensorInfo {
  const { inputs, attrs, backend } = params;
  const { a, b } = inputs;
  const { transposeA, transposeB } = attrs;
  const [aRows, aColumns] = a.shape.slice(-2) as [number, number];
  const [bRows, bColumns] = b.shape.slice(-2) as [number, number];
  const [rows, depth] = transposeA ? [aColumns, aRows] : [aRows, aColumns];
  const [bDepth, columns] = transposeB ? [bColumns, bRows] : [bRows, bColumns];
  util.assert(
    depth === bDepth,
    () =>
      `Error in matMul: inner shapes (${depth}) and (${bDepth}) of Tensors with shapes ${a.shape} and ` +
      `${b.shape} and transposeA=${transposeA} and transposeB=${transposeB} must match.`,
  );
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return runStock(BatchMatMul, params);
  const aBatch = a.shape.slice(0, -2);
  const bBatch = b.shape.slice(0, -2);
  const batch = broadcast_util.assertAndGetBroadcastShape(aBatch, bBatch);
  const { info, pointer } = backend.output([...batch, rows, columns]);
  const aPointer = backend.pointer(a);
  const bPointer = backend.pointer(b);
  const product = { rows, columns, depth, bias };
  const count = util.sizeFromShape(batch);
  if (util.sizeFromShape(bBatch) === 1 && util.sizeFromShape(aBatch) === count) {
    multiply(backend, {
      ...{
        a: { pointer: aPointer, transposed: transposeA },
        b: { pointer: bPointer, transposed: transposeB },
      },
      ...{ ...product, pointer, count },
    });
    return info;
  }
  for (let index = 0; index < count; index++) {
    const at = (pointer: number, shape: number[], floats: number) =>
      pointer + 4 * floats * broadcastIndex(index, batch, shape);
    multiply(backend, {
      ...product,
      a: { pointer: at(aPointer, aBatch, rows * depth), transposed: transposeA },
      b: { pointer: at(bPointer, bBatch, depth * columns), transposed: transposeB },
      pointer: pointer + 4 * index * rows * columns,
    });
  }
  return info;
}

/** Which element of a tensor of `shape` stands at the flat `index` of the `whole` shape it is broadcast to. */
function broadcastIndex(index: number, whole: number[], shape: number[]): number {
  let result = 0;
  let step = 1;
  for (let axis = whole.length - 1, own = shape.length - 1; own >= 0; axis--, own--) {
    const size = whole[axis]!;
    if (shape[own] !== 1) result += (index % size) * step;
    index = Math.floor(index / size);
    step *= shape[own]!;
  }
  return result;
}
