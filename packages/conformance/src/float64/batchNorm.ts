import type { Values } from '../values.js';

interface Normalized {
  x: Values;
  scale: Values;
  offset: Values;
  addend?: Values;
}

export interface Affine {
  epsilon: number;
  activation: 'linear' | 'relu';
}

/** The sum before the activation: scale (x - mean) / sqrt(variance + epsilon) + offset + addend. */
export function normalize64(
  { x, scale, offset, addend, mean, variance }: Normalized & { mean: Values; variance: Values },
  epsilon: number,
): Values {
  const channels = scale.data.length;
  const sum = Float64Array.from(x.data, (value, i) => {
    const c = i % channels;
    const normalized = (value - mean.data[c]!) / Math.sqrt(variance.data[c]! + epsilon);
    return scale.data[c]! * normalized + offset.data[c]! + (addend?.data[i] ?? 0);
  });
  return { shape: x.shape, data: sum };
}

/** Mean and biased variance of each channel, in two passes. */
export function moments64(x: Values, channels: number): { mean: Values; variance: Values } {
  const count = x.data.length / channels;
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let i = 0; i < x.data.length; i++) mean[i % channels]! += x.data[i]! / count;
  for (let i = 0; i < x.data.length; i++)
    variance[i % channels]! += (x.data[i]! - mean[i % channels]!) ** 2 / count;
  return { mean: { shape: [channels], data: mean }, variance: { shape: [channels], data: variance } };
}

/** max(0, sum), letting NaN through. */
export function activate64(sum: Values, activation: 'linear' | 'relu'): Values {
  if (activation === 'linear') return sum;
  return { shape: sum.shape, data: Float64Array.from(sum.data, (value) => Math.max(value, 0)) };
}

/** How near a ReLU's inputs come to 0. */
export function reluGap(sum: Values, activation: 'linear' | 'relu'): number {
  if (activation === 'linear') return Infinity;
  let least = Infinity;
  for (const value of sum.data) least = Math.min(least, Math.abs(value));
  return least;
}
