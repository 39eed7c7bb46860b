import type { SimdBackend } from '../backend.js';
import { gemm } from '../matrix/gemm.js';
import type { ConvolutionShape } from './shape.js';
import { windowView } from './windows.js';

/** Byte pointers of a convolution's tensors; a bias of 0: none. */
export interface ForwardTensors {
  x: number;
  filter: number;
  bias: number;
  y: number;
}

/** y = x * filter + bias. Runs inside a kernel's scope. */
export function convolve(backend: SimdBackend, shape: ConvolutionShape, tensors: ForwardTensors): void {
  const { images, height, width, pixel, rows, columns, outputs, tapRows, tapColumns, groups } = shape;
  const channels = pixel / groups;
  gemm(backend, {
    a: windowView({
      ...{ pointer: tensors.x, images, height, width, pixel, rows, columns, tapRows, tapColumns, channels },
      ...{ top: -shape.padding[0], left: -shape.padding[1], strides: shape.strides },
    }),
    b: {
      pointer: tensors.filter,
      steps: {
        group: outputs / groups,
        tapRow: tapColumns * channels * outputs,
        tapColumn: channels * outputs,
        channel: outputs,
        column: 1,
      },
    },
    c: {
      pointer: tensors.y,
      steps: { image: rows * columns * outputs, row: columns * outputs, column: outputs },
    },
    groups,
    columns: outputs / groups,
    bias: tensors.bias,
  });
}
