import type { SimdBackend } from '../backend.js';
import { type GemmFilter, gemm } from '../matrix/gemm.js';
import { convolutionAlgorithm, SQUARE_SIZE } from './algorithm.js';
import type { ConvolutionShape } from './shape.js';
import { windowView } from './windows.js';
import { convolveWinograd } from './winograd.js';

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
  const b: GemmFilter = {
    pointer: tensors.filter,
    steps: {
      group: outputs / groups,
      tapRow: tapColumns * channels * outputs,
      tapColumn: channels * outputs,
      channel: outputs,
      column: 1,
    },
  };
  const algorithm = convolutionAlgorithm(shape, 'forward', backend.convolution);
  if (algorithm !== 'direct') {
    convolveWinograd(backend, {
      ...{ size: SQUARE_SIZE[algorithm], x: tensors.x, images, height, width, channels, filter: b },
      ...{ bias: tensors.bias, y: tensors.y, rows, columns, outputs },
      ...{ top: -shape.padding[0], left: -shape.padding[1] },
    });
    return;
  }
  gemm(backend, {
    a: windowView({
      ...{ pointer: tensors.x, images, height, width, pixel, rows, columns, tapRows, tapColumns, channels },
      ...{ top: -shape.padding[0], left: -shape.padding[1], strides: shape.strides },
    }),
    b,
    c: {
      pointer: tensors.y,
      steps: { image: rows * columns * outputs, row: columns * outputs, column: outputs },
    },
    groups,
    columns: outputs / groups,
    bias: tensors.bias,
  });
}
