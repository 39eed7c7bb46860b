import type { Values } from '../values.js';

/** y = activation(x * gate + addend), and how near a sum comes to the ReLU's edge. */
export function scaleChannels64(
  { x, gate, addend }: { x: Values; gate: Values; addend?: Values },
  { activation }: { activation: 'linear' | 'relu' },
): { y: Values; gap: number } {
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const isRelu = activation === 'relu';
  let gap = Infinity;
  const y = Float64Array.from(x.data, (value, i) => {
    const picture = Math.floor(i / (height * width * channels));
    const sum = value * gate.data[picture * channels + (i % channels)]! + (addend?.data[i] ?? 0);
    if (isRelu) gap = Math.min(gap, Math.abs(sum));
    return isRelu ? Math.max(sum, 0) : sum;
  });
  return { y: { shape: x.shape, data: y }, gap };
}
