import { sizeOf, type Values } from '../values.js';

export interface PoolAttributes {
  kernelSize: [number, number];
  stride: [number, number];
  padding: [number, number];
  ceilMode?: boolean;
}

/** How many windows there are along an axis, counted one by one. */
function countOf(length: number, axis: 0 | 1, { kernelSize, stride, padding, ceilMode }: PoolAttributes) {
  const [size, step, pad] = [kernelSize[axis], stride[axis], padding[axis]];
  let count = 1;
  while (
    ceilMode
      ? count * step - pad < length && (count - 1) * step + size < length + 2 * pad
      : count * step + size <= length + 2 * pad
  ) {
    count++;
  }
  return count;
}

interface Pooled {
  readonly y: Values;
  /** Positions h * W + w. */
  readonly argmax: Values;
  /** The least difference between the two largest values of a window; Infinity where no window has two. */
  readonly gap: number;
}

/** The largest value of each window, the first one of equals; what lies outside the picture takes no part. */
export function maxPool64(x: Values, attributes: PoolAttributes): Pooled {
  const {
    kernelSize: [kh, kw],
    stride,
    padding,
  } = attributes;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const outputHeight = countOf(height, 0, attributes);
  const outputWidth = countOf(width, 1, attributes);
  const shape = [batch, outputHeight, outputWidth, channels];
  const y = new Float64Array(sizeOf(shape));
  const argmax = new Int32Array(y.length);
  let gap = Infinity;
  for (let i = 0; i < y.length; i++) {
    const channel = i % channels;
    const ow = Math.floor(i / channels) % outputWidth;
    const oh = Math.floor(i / (channels * outputWidth)) % outputHeight;
    const b = Math.floor(i / (channels * outputWidth * outputHeight));
    let second = -Infinity;
    y[i] = -Infinity;
    argmax[i] = -1;
    for (let tap = 0; tap < kh * kw; tap++) {
      const h = oh * stride[0] + Math.floor(tap / kw) - padding[0];
      const w = ow * stride[1] + (tap % kw) - padding[1];
      if (h < 0 || h >= height || w < 0 || w >= width) continue;
      const value = x.data[((b * height + h) * width + w) * channels + channel]!;
      if (value > y[i]! || argmax[i] === -1) {
        second = y[i]!;
        y[i] = value;
        argmax[i] = h * width + w;
      } else {
        second = Math.max(second, value);
      }
    }
    gap = Math.min(gap, y[i]! - second);
  }
  return { y: { shape, data: y }, argmax: { shape, data: argmax }, gap };
}

/** The mean of each window, pixel by pixel; padding counts where `countIncludePad`, what lies beyond it never. */
export function averagePool64(x: Values, attributes: PoolAttributes & { countIncludePad?: boolean }): Values {
  const { kernelSize, stride, padding, countIncludePad = true } = attributes;
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = [countOf(height, 0, attributes), countOf(width, 1, attributes)];
  const y = new Float64Array(batch * rows * columns * channels);
  for (let i = 0; i < y.length; i++) {
    const channel = i % channels;
    const top = (Math.floor(i / (channels * columns)) % rows) * stride[0] - padding[0];
    const left = (Math.floor(i / channels) % columns) * stride[1] - padding[1];
    const b = Math.floor(i / (channels * columns * rows));
    let [sum, counted] = [0, 0];
    for (let h = top; h < Math.min(top + kernelSize[0], height + padding[0]); h++) {
      for (let w = left; w < Math.min(left + kernelSize[1], width + padding[1]); w++) {
        const isInside = h >= 0 && h < height && w >= 0 && w < width;
        if (isInside) sum += x.data[((b * height + h) * width + w) * channels + channel]!;
        if (isInside || countIncludePad) counted++;
      }
    }
    y[i] = sum / counted;
  }
  return { shape: [batch, rows, columns, channels], data: y };
}

/** The mean of each channel: [B, H, W, C] -> [B, C]. */
export function globalAveragePool64(x: Values): Values {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const y = new Float64Array(batch * channels);
  for (let i = 0; i < x.data.length; i++) {
    const b = Math.floor(i / (height * width * channels));
    y[b * channels + (i % channels)]! += x.data[i]! / (height * width);
  }
  return { shape: [batch, channels], data: y };
}
