import type { SimdBackend } from '../backend.js';
import { gemm } from '../matrix/gemm.js';
import { float } from '../memory.js';
import { convolutionAlgorithm, SQUARE_SIZE } from './algorithm.js';
import type { ConvolutionShape } from './shape.js';
import { windowView } from './windows.js';
import { convolveWinograd } from './winograd.js';

/** Byte pointers of an input gradient's tensors. */
export interface InputGradientTensors {
  dy: number;
  filter: number;
  dx: number;
}

/**
 * dx, a convolution of dy with the filter turned round. Runs inside a kernel's scope.
 *
 * dx[h] gathers filter[i] dy[(h + padding - i) / stride] over the taps i that leave no remainder. The rows h with the same
 * remainder of (h + padding) / stride use the same taps, every stride-th one: a phase. So each phase is a convolution
 * of stride 1 of its own, whose results lie `stride` apart in dx, and nothing is multiplied by the zeros between dy's rows.
 */
export function convolveInputGradient(
  backend: SimdBackend,
  shape: ConvolutionShape,
  { dy, filter, dx }: InputGradientTensors,
): void {
  const { images, height, width, pixel, outputs, groups, strides, padding } = shape;
  const channels = pixel / groups;
  const tapRow = shape.tapColumns * channels * outputs;
  const tapColumn = channels * outputs;
  const algorithm = convolutionAlgorithm(shape, 'inputGradient', backend.convolution);
  if (algorithm !== 'direct') {
    convolveWinograd(backend, {
      ...{
        size: SQUARE_SIZE[algorithm],
        x: dy,
        images,
        height: shape.rows,
        width: shape.columns,
        channels: outputs,
      },
      filter: {
        pointer: filter + 4 * (2 * tapRow + 2 * tapColumn),
        steps: { group: 0, tapRow: -tapRow, tapColumn: -tapColumn, channel: 1, column: outputs },
      },
      ...{ bias: 0, y: dx, rows: height, columns: width, outputs: channels },
      ...{ top: padding[0] - 2, left: padding[1] - 2 },
    });
    return;
  }
  const verticals = phases(height, shape.tapRows, strides[0], padding[0]);
  const horizontals = phases(width, shape.tapColumns, strides[1], padding[1]);
  if ([...verticals, ...horizontals].some(({ taps }) => taps === 0)) {
    // With a stride beyond the filter some of dx meets no tap. In one go: a phase's pixels lie apart.
    const length = images * height * width * pixel;
    backend.run({ kernel: 'fill', work: length }, dx, length, float(0));
  }
  for (const vertical of verticals.filter(({ taps }) => taps > 0)) {
    for (const horizontal of horizontals.filter(({ taps }) => taps > 0)) {
      gemm(backend, {
        a: windowView({
          ...{ pointer: dy, images, height: shape.rows, width: shape.columns, pixel: outputs },
          ...{ rows: vertical.count, columns: horizontal.count },
          ...{ tapRows: vertical.taps, tapColumns: horizontal.taps, channels: outputs / groups },
          ...{ top: vertical.start, left: horizontal.start, strides: [1, 1] },
        }),
        b: {
          // dy's rows ahead go with the filter's taps backwards, and its columns are now the input's channels.
          pointer: filter + 4 * (vertical.lastTap * tapRow + horizontal.lastTap * tapColumn),
          steps: {
            group: outputs / groups,
            tapRow: -strides[0] * tapRow,
            tapColumn: -strides[1] * tapColumn,
            channel: 1,
            column: outputs,
          },
        },
        c: {
          pointer: dx + 4 * (vertical.first * width + horizontal.first) * pixel,
          steps: {
            image: height * width * pixel,
            row: strides[0] * width * pixel,
            column: strides[1] * pixel,
          },
        },
        groups,
        columns: channels,
        bias: 0,
      });
    }
  }
}

interface Phase {
  /** The first h of the phase, and how many there are, a stride apart. */
  first: number;
  count: number;
  /** How many taps the phase uses, and the last of them. */
  taps: number;
  lastTap: number;
  /** The row of dy that goes with the first h and the last tap. */
  start: number;
}

/** The phases of one axis of length `size`; a phase without rows is left out. */
function phases(size: number, taps: number, stride: number, padding: number): Phase[] {
  return Array.from({ length: stride }, (_, remainder) => {
    const first = (((remainder - padding) % stride) + stride) % stride;
    const count = Math.max(0, Math.ceil((size - first) / stride));
    const used = Math.max(0, Math.ceil((taps - remainder) / stride));
    if (used === 0) return { first, count, taps: 0, lastTap: 0, start: 0 };
    const lastTap = remainder + (used - 1) * stride;
    return { first, count, taps: used, lastTap, start: (first + padding - lastTap) / stride };
  }).filter(({ count }) => count > 0);
}
