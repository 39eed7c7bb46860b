import type { SimdBackend } from '../backend.js';
import { gemm } from './gemm.js';

/** A row-major matrix; transposed: read with rows and columns exchanged. */
export interface Matrix {
  pointer: number;
  transposed: boolean;
}

export interface Product {
  /** [rows, depth] */
  a: Matrix;
  /** [depth, columns] */
  b: Matrix;
  /** Byte pointer of the result [rows, columns]. */
  pointer: number;
  rows: number;
  columns: number;
  depth: number;
  /** How many matrices a, and results, lie one after the other; b is the same for all. Default 1. */
  count?: number;
  /** Byte pointer to a float for each column; 0: none. */
  bias?: number;
}

/** The product of two matrices. Runs inside a kernel's scope. */
export function multiply(backend: SimdBackend, product: Product): void {
  const { a, b, pointer, rows, columns, depth, count = 1, bias = 0 } = product;
  const [row, channel] = a.transposed ? [1, rows] : [depth, 1];
  gemm(backend, {
    a: {
      ...{ pointer: a.pointer, images: count, rows, columns: 1, tapRows: 1, tapColumns: 1, channels: depth },
      steps: { image: rows * depth, row, column: 0, tapRow: 0, tapColumn: 0, channel },
    },
    b: {
      pointer: b.pointer,
      steps: {
        ...{ group: 0, tapRow: 0, tapColumn: depth * (b.transposed ? 1 : columns) },
        ...(b.transposed ? { channel: 1, column: depth } : { channel: columns, column: 1 }),
      },
    },
    c: { pointer, steps: { image: rows * columns, row: columns, column: columns } },
    groups: 1,
    columns,
    bias,
  });
}
