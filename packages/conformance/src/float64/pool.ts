import { sizeOf, type Values } from '../values.js';

export interface PoolAttributes {
  kernelSize: [number, number];
  stride: [number, number];
  padding: [number, number];
}

interface Pooled {
  readonly y: Values;
  /** Positions h * W + w. */
  readonly argmax: Values;
  /** The least difference between the two largest values of a window; Infinity where no window has two. */
  readonly gap: number;
}

/** The largest value of each window, the first one of equals; what lies outside the picture takes no part. */
export function maxPool64(x: Values, { kernelSize: [kh, kw], stride, padding }: PoolAttributes): Pooled {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const outputHeight = Math.floor((height + 2 * padding[0] - kh) / stride[0]) + 1;
  const outputWidth = Math.floor((width + 2 * padding[1] - kw) / stride[1]) + 1;
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
