import type { ConvolutionAttributes } from '../convolution/shape.js';

/** A tensor in double precision, for results that are right by construction. */
export interface Doubles {
  shape: number[];
  values: Float64Array;
}

function zeros(shape: number[]): Doubles {
  return { shape, values: new Float64Array(shape.reduce((product, size) => product * size, 1)) };
}

type Shape4 = [number, number, number, number];

/** Calls `visit` with the flat indices of x, filter and y for every product that a convolution is made of. */
function visitProducts(
  xShape: number[],
  filterShape: number[],
  yShape: number[],
  { stride, padding, groups }: ConvolutionAttributes,
  visit: (x: number, filter: number, y: number) => void,
): void {
  const [images, height, width, pixel] = xShape as Shape4;
  const [kh, kw, channels, outputChannels] = filterShape as Shape4;
  const [, rows, columns] = yShape as Shape4;
  const groupOutputs = outputChannels / groups;
  for (let image = 0; image < images; image++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (let i = 0; i < kh; i++)
          for (let j = 0; j < kw; j++) {
            const h = row * stride[0] + i - padding[0];
            const w = column * stride[1] + j - padding[1];
            if (h < 0 || h >= height || w < 0 || w >= width) continue;
            for (let o = 0; o < outputChannels; o++)
              for (let c = 0; c < channels; c++) {
                const inputChannel = Math.floor(o / groupOutputs) * channels + c;
                visit(
                  ((image * height + h) * width + w) * pixel + inputChannel,
                  ((i * kw + j) * channels + c) * outputChannels + o,
                  ((image * rows + row) * columns + column) * outputChannels + o,
                );
              }
          }
}

export function naiveConv2d(x: Doubles, filter: Doubles, attributes: ConvolutionAttributes): Doubles {
  const y = zeros(outputShape(x.shape, filter.shape, attributes));
  visitProducts(x.shape, filter.shape, y.shape, attributes, (xi, fi, yi) => {
    y.values[yi]! += x.values[xi]! * filter.values[fi]!;
  });
  return y;
}

export function naiveInputGradient(
  dy: Doubles,
  filter: Doubles,
  inputShape: number[],
  attributes: ConvolutionAttributes,
): Doubles {
  const dx = zeros(inputShape);
  visitProducts(inputShape, filter.shape, dy.shape, attributes, (xi, fi, yi) => {
    dx.values[xi]! += dy.values[yi]! * filter.values[fi]!;
  });
  return dx;
}

export function naiveFilterGradient(
  x: Doubles,
  dy: Doubles,
  filterShape: number[],
  attributes: ConvolutionAttributes,
): Doubles {
  const dFilter = zeros(filterShape);
  visitProducts(x.shape, filterShape, dy.shape, attributes, (xi, fi, yi) => {
    dFilter.values[fi]! += dy.values[yi]! * x.values[xi]!;
  });
  return dFilter;
}

export function outputShape(
  xShape: number[],
  filterShape: number[],
  { stride, padding }: ConvolutionAttributes,
): number[] {
  const [images, height, width] = xShape as Shape4;
  const [kh, kw, , outputChannels] = filterShape as Shape4;
  return [
    images,
    Math.floor((height + 2 * padding[0] - kh) / stride[0]) + 1,
    Math.floor((width + 2 * padding[1] - kw) / stride[1]) + 1,
    outputChannels,
  ];
}

/** The product of two matrices [rows, depth] and [depth, columns]. */
export function naiveMatMul(a: Doubles, b: Doubles): Doubles {
  const [rows, depth] = a.shape as [number, number];
  const columns = b.shape[1]!;
  const c = zeros([rows, columns]);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++)
      for (let k = 0; k < depth; k++)
        c.values[i * columns + j]! += a.values[i * depth + k]! * b.values[k * columns + j]!;
  return c;
}

/** The largest difference, relative to the largest expected value; infinite where a value is NaN or infinite. */
export function relativeError(actual: ArrayLike<number>, { values }: Doubles): number {
  if (actual.length !== values.length) return Number.POSITIVE_INFINITY;
  let largest = 1e-30;
  let difference = 0;
  for (let i = 0; i < values.length; i++) {
    const error = Math.abs(actual[i]! - values[i]!);
    if (!Number.isFinite(error)) return Number.POSITIVE_INFINITY;
    largest = Math.max(largest, Math.abs(values[i]!));
    difference = Math.max(difference, error);
  }
  return difference / largest;
}

/** Reproducible numbers in [-1, 1) that float32 holds exactly. */
export function someNumbers(shape: number[], seed = 1): Doubles {
  const result = zeros(shape);
  let state = seed * 2654435761;
  for (let i = 0; i < result.values.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    result.values[i] = Math.fround((state >>> 8) / 2 ** 23 - 1);
  }
  return result;
}
