import { type PoolAttributes, type WindowAttributes, windowCount, windowShape } from '@residual/ops';
import type { Handle } from '../addon.js';
import type { Attributes, Program } from '../program.js';

/** TensorFlow's attributes of a window operation whose padding is part of its input, or none. */
export function validWindows({ stride: [sh, sw] }: WindowAttributes): Attributes {
  return { strides: [1, sh, sw, 1], padding: 'VALID' };
}

/**
 * Attributes with which TensorFlow's own 'SAME' padding is exactly the symmetric one, where it is: 3x3 with stride 1
 * and padding 1, for instance. With larger strides 'SAME' pads one side more, depending on the picture's size.
 *
 * @param size height and width of the picture
 * @param kernelSize height and width of the window
 */
export function sameWindows(
  size: [number, number],
  kernelSize: [number, number],
  { stride, padding }: WindowAttributes,
): Attributes | undefined {
  for (const axis of [0, 1] as const) {
    const [length, kernel, step, pad] = [size[axis], kernelSize[axis], stride[axis], padding[axis]];
    const count = Math.ceil(length / step);
    const total = Math.max((count - 1) * step + kernel - length, 0);
    if (windowCount(length, kernel, step, pad) !== count || Math.floor(total / 2) !== pad) return undefined;
  }
  return { strides: [1, stride[0], stride[1], 1], padding: 'SAME' };
}

/** How many rows and columns stand before and after a picture. */
type Borders = readonly [rows: readonly [number, number], columns: readonly [number, number]];

/** x [B, H, W, C] with a border of zeros, or of `value`: [B, H + rows, W + columns, C]. */
export function padded(program: Program, x: Handle, [rows, columns]: Borders, value?: Handle): Handle {
  if ([...rows, ...columns].every((count) => count === 0)) return x;
  const border = program.integers([4, 2], [0, 0, ...rows, ...columns, 0, 0]);
  return value === undefined ? program.call('Pad', [x, border]) : program.call('PadV2', [x, border, value]);
}

/** The padding of a pooling; behind the picture as much as the last window takes, which in `ceilMode` may be more. */
export function bordersOf(shape: [number, number, number, number], attributes: PoolAttributes): Borders {
  const { kernelSize, stride, padding } = attributes;
  const [, ...counts] = windowShape(shape, kernelSize, attributes, shape[3]);
  return ([0, 1] as const).map((axis) => {
    const end = (counts[axis]! - 1) * stride[axis] + kernelSize[axis] - padding[axis];
    return [padding[axis], Math.max(padding[axis], end - shape[axis + 1]!)] as const;
  }) as unknown as Borders;
}
