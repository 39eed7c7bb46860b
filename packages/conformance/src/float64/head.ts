import type { Values } from '../values.js';
import { classTargets64, targetCrossEntropy64 } from './targets.js';

/** y = x weight + bias. */
export function linear64({ x, weight, bias }: { x: Values; weight: Values; bias?: Values }): Values {
  const [batch, inputs] = x.shape as [number, number];
  const outputs = weight.shape[1]!;
  const y = new Float64Array(batch * outputs);
  for (let b = 0; b < batch; b++) {
    if (bias !== undefined) y.set(bias.data, b * outputs);
    for (let i = 0; i < inputs; i++) {
      for (let o = 0; o < outputs; o++) {
        y[b * outputs + o]! += x.data[b * inputs + i]! * weight.data[i * outputs + o]!;
      }
    }
  }
  return { shape: [batch, outputs], data: y };
}

/** The mean over rows of -sum of target * log softmax(logits), with target = (1 - s) * one-hot + s / K. */
export function crossEntropy64(
  { logits, labels }: { logits: Values; labels: Values },
  labelSmoothing: number,
): Values {
  const targets = classTargets64({ labels }, { classes: logits.shape[1]!, labelSmoothing });
  return targetCrossEntropy64({ logits, targets }, { focusing: 0 });
}

/** The sum of x [..., C] over all axes but the last. */
export function channelSum64(x: Values): Values {
  const channels = x.shape[x.shape.length - 1]!;
  const sum = new Float64Array(channels);
  for (let i = 0; i < x.data.length; i++) sum[i % channels]! += x.data[i]!;
  return { shape: [channels], data: sum };
}
