import { float, int, pointer, share } from './simd';

/**
 * Cross-entropy of each row of logits [B, K] with targets [B, K], each class weakened by (1 - p)^focusing, in float64.
 * Arguments: logits, targets, dLogits [B, K], the gradient of the mean, losses [B] (float64), B, K, focusing.
 * Lin et al., "Focal Loss" (arXiv 1708.02002), equation 4, for softmax; PyTorch's `cross_entropy` of probabilities.
 */
export function targetCrossEntropy(args: usize, thread: i32, threads: i32): void {
  const losses = pointer(args, 3);
  const batch = int(args, 4);
  const classes = int(args, 5);
  const focusing = <f64>float(args, 6);
  const rowBytes = <usize>classes << 2;

  const end = share(batch, thread + 1, threads);
  for (let row = share(batch, thread, threads); row < end; row++) {
    const logits = pointer(args, 0) + <usize>row * rowBytes;
    const targets = pointer(args, 1) + <usize>row * rowBytes;
    const dLogits = pointer(args, 2) + <usize>row * rowBytes;

    let largest: f64 = -Infinity;
    for (let k: usize = 0; k < rowBytes; k += 4) largest = max<f64>(largest, <f64>load<f32>(logits + k));
    let sum: f64 = 0;
    for (let k: usize = 0; k < rowBytes; k += 4) sum += Math.exp(<f64>load<f32>(logits + k) - largest);
    const logSum = largest + Math.log(sum);

    let loss: f64 = 0;
    let slopes: f64 = 0;
    for (let k: usize = 0; k < rowBytes; k += 4) {
      const target = <f64>load<f32>(targets + k);
      if (target == 0) continue; // 0 * -infinity is no loss
      const logProbability = <f64>load<f32>(logits + k) - logSum;
      loss -= target * focusOf(logProbability, focusing) * logProbability;
      slopes += target * slopeOf(logProbability, focusing);
    }
    store<f64>(losses + (<usize>row << 3), loss);
    for (let k: usize = 0; k < rowBytes; k += 4) {
      const target = <f64>load<f32>(targets + k);
      const logProbability = <f64>load<f32>(logits + k) - logSum;
      const slope = target == 0 ? 0 : target * slopeOf(logProbability, focusing);
      store<f32>(dLogits + k, <f32>((slope - Math.exp(logProbability) * slopes) / batch));
    }
  }
}

// @ts-ignore: decorator
@inline
function focusOf(logProbability: f64, focusing: f64): f64 {
  return focusing == 0 ? 1 : Math.pow(1 - Math.exp(logProbability), focusing);
}

/** The derivative of -(1 - e^l)^focusing l by l, the logarithm of a probability. */
// @ts-ignore: decorator
@inline
function slopeOf(logProbability: f64, focusing: f64): f64 {
  if (focusing == 0) return -1;
  const probability = Math.exp(logProbability);
  const rest = 1 - probability;
  const bend = rest == 0 || probability == 0 ? 0 : (focusing * probability * logProbability) / rest;
  return Math.pow(rest, focusing) * (bend - 1);
}
