import { sizeOf, type Values } from '../values.js';

export interface Conv2dAttributes {
  stride: [number, number];
  padding: [number, number];
  groups: number;
}

/** y[b,h,w,o] = bias[o] + the sum over i, j, c of x[b, h*sh+i-ph, w*sw+j-pw, c] filter[i,j,c,o], within o's group. */
export function conv2d64(
  { x, filter, bias }: { x: Values; filter: Values; bias?: Values },
  { stride: [sh, sw], padding: [ph, pw], groups }: Conv2dAttributes,
): Values {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [kh, kw, groupChannels, outputs] = filter.shape as [number, number, number, number];
  const outputHeight = Math.floor((height + 2 * ph - kh) / sh) + 1;
  const outputWidth = Math.floor((width + 2 * pw - kw) / sw) + 1;
  const groupOutputs = outputs / groups;
  const shape = [batch, outputHeight, outputWidth, outputs];
  const y = new Float64Array(sizeOf(shape));
  for (let position = 0; position < batch * outputHeight * outputWidth; position++) {
    const b = Math.floor(position / (outputHeight * outputWidth));
    const oh = Math.floor(position / outputWidth) % outputHeight;
    const ow = position % outputWidth;
    const at = position * outputs;
    if (bias !== undefined) y.set(bias.data, at);
    for (let tap = 0; tap < kh * kw; tap++) {
      const h = oh * sh + Math.floor(tap / kw) - ph;
      const w = ow * sw + (tap % kw) - pw;
      if (h < 0 || h >= height || w < 0 || w >= width) continue;
      for (let channel = 0; channel < channels; channel++) {
        const value = x.data[((b * height + h) * width + w) * channels + channel]!;
        const group = Math.floor(channel / groupChannels);
        const row = (tap * groupChannels + (channel % groupChannels)) * outputs;
        for (let o = group * groupOutputs; o < (group + 1) * groupOutputs; o++) {
          y[at + o]! += value * filter.data[row + o]!;
        }
      }
    }
  }
  return { shape, data: y };
}
