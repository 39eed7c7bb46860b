import { backend_util, Concat, SplitV, type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.js';
import type { TfjsKernel } from '../kernel.js';
import { runStock } from './stock.js';

/** Tensors one behind the other along an axis: each is read once, y written once. */
export const concat: TfjsKernel<TensorInfo[], { axis: number }> = {
  kernelName: Concat,
  kernelFunc(params): TensorInfo {
    const { attrs, backend } = params;
    const inputs = Object.values(params.inputs);
    if (inputs.some(({ dtype }) => dtype !== 'float32')) return runStock(Concat, params);
    const [axis] = util.parseAxisParam(attrs.axis, inputs[0]!.shape) as [number];
    const shapes = inputs.map(({ shape }) => shape);
    // Where tfjs looks for it too: tensors that don't fit would be read past their end.
    backend_util.assertParamsConsistent(shapes, axis);
    const shape = backend_util.computeOutShape(shapes, axis);
    const y = backend.output(shape);
    let at = 0;
    for (const input of inputs) {
      const bytes = rowBytes(input.shape, axis);
      const place = { from: backend.pointer(input), to: y.pointer + at, bytes };
      copyColumns(backend, {
        ...place,
        rows: rowsBefore(shape, axis),
        fromStep: bytes,
        toStep: rowBytes(shape, axis),
      });
      at += bytes;
    }
    return y.info;
  },
};

/** The gradient of that, `tf.split`: x is read once, its parts are written once. */
export const split: TfjsKernel<{ x: TensorInfo }, { numOrSizeSplits: number | number[]; axis: number }> = {
  kernelName: SplitV,
  kernelFunc(params) {
    const {
      inputs: { x },
      attrs,
      backend,
    } = params;
    if (x.dtype !== 'float32') return runStock(SplitV, params);
    const [axis] = util.parseAxisParam(attrs.axis, x.shape) as [number];
    const lengths = backend_util.prepareSplitSize(x as never, attrs.numOrSizeSplits, axis);
    let from = backend.pointer(x);
    return lengths.map((length) => {
      const part = backend.output(x.shape.map((all, i) => (i === axis ? length : all)));
      const bytes = rowBytes(part.info.shape, axis);
      const place = { from, to: part.pointer, bytes };
      copyColumns(backend, {
        ...place,
        rows: rowsBefore(x.shape, axis),
        fromStep: rowBytes(x.shape, axis),
        toStep: bytes,
      });
      from += bytes;
      return part.info;
    });
  },
};

/** How many rows there are if an axis and all behind it make one row, and a row's bytes. */
function rowsBefore(shape: number[], axis: number): number {
  return util.sizeFromShape(shape.slice(0, axis));
}

function rowBytes(shape: number[], axis: number): number {
  return 4 * util.sizeFromShape(shape.slice(axis));
}

function copyColumns(
  backend: SimdBackend,
  copy: { from: number; to: number; rows: number; bytes: number; fromStep: number; toStep: number },
): void {
  const { from, to, rows, bytes, fromStep, toStep } = copy;
  backend.run({ kernel: 'copyColumns', work: (rows * bytes) / 4 }, from, to, rows, bytes, fromStep, toStep);
}
