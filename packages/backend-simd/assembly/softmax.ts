import { float, int, pointer, share } from './simd';

/**
 * Softmax cross-entropy of each row of logits [B, K] with integer labels [B], in float64.
 * Arguments: logits, labels, dLogits [B, K] = (softmax - target) / B, losses [B] (float64), B, K, label smoothing.
 * A label that is no class makes its row NaN. PyTorch's `cross_entropy`.
 */
export function softmaxCrossEntropy(args: usize, thread: i32, threads: i32): void {
  const labels = pointer(args, 1);
  const losses = pointer(args, 3);
  const batch = int(args, 4);
  const classes = int(args, 5);
  const smoothing = <f64>float(args, 6);
  const rowBytes = <usize>classes << 2;
  const elsewhere = smoothing / classes; // the target of each class but the label

  const end = share(batch, thread + 1, threads);
  for (let row = share(batch, thread, threads); row < end; row++) {
    const logits = pointer(args, 0) + <usize>row * rowBytes;
    const dLogits = pointer(args, 2) + <usize>row * rowBytes;
    const label = load<i32>(labels + (<usize>row << 2));
    const known = label >= 0 && label < classes;

    let largest: f64 = -Infinity;
    let sumOfLogits: f64 = 0;
    for (let k: usize = 0; k < rowBytes; k += 4) {
      const logit = <f64>load<f32>(logits + k);
      largest = max<f64>(largest, logit); // a NaN stays
      sumOfLogits += logit;
    }
    let sum: f64 = 0;
    for (let k: usize = 0; k < rowBytes; k += 4) sum += Math.exp(<f64>load<f32>(logits + k) - largest);
    const logSum = largest + Math.log(sum);

    for (let k: usize = 0; k < rowBytes; k += 4) {
      const probability = Math.exp(<f64>load<f32>(logits + k) - logSum);
      store<f32>(dLogits + k, known ? <f32>((probability - elsewhere) / batch) : NaN);
    }
    let loss: f64 = NaN;
    if (known) {
      const logit = <f64>load<f32>(logits + (<usize>label << 2));
      const place = dLogits + (<usize>label << 2);
      store<f32>(place, <f32>((Math.exp(logit - logSum) - elsewhere - (1 - smoothing)) / batch));
      loss = (1 - smoothing) * (logSum - logit);
      // Without smoothing the other logits don't count: one of -Infinity is no harm.
      if (smoothing > 0) loss += smoothing * (logSum - sumOfLogits / classes);
    }
    store<f64>(losses + (<usize>row << 3), loss);
  }
}

/** The mean of `losses` (float64), in order, on one thread. Arguments: losses, mean, count. */
export function meanLoss(args: usize, thread: i32, threads: i32): void {
  if (thread != 0) return;
  const losses = pointer(args, 0);
  const count = int(args, 2);
  let sum: f64 = 0;
  for (let row = 0; row < count; row++) sum += load<f64>(losses + (<usize>row << 3));
  store<f32>(pointer(args, 1), <f32>(sum / count));
}

/**
 * How many rows of logits [B, K] have their first maximum at their label; a row with a NaN is wrong.
 * Arguments: logits, labels, count, B, K. On one thread: it is little work.
 */
export function correctCount(args: usize, thread: i32, threads: i32): void {
  if (thread != 0) return;
  const labels = pointer(args, 1);
  const batch = int(args, 3);
  const classes = int(args, 4);
  let logits = pointer(args, 0);
  let count = 0;
  for (let row = 0; row < batch; row++, logits += <usize>classes << 2) {
    let best: f32 = load<f32>(logits);
    let bestClass = 0;
    let valid = best == best;
    for (let k = 1; k < classes; k++) {
      const logit = load<f32>(logits + (<usize>k << 2));
      if (logit != logit) valid = false;
      if (logit > best) {
        best = logit;
        bestClass = k;
      }
    }
    if (valid && bestClass == load<i32>(labels + (<usize>row << 2))) count++;
  }
  store<f32>(pointer(args, 2), <f32>count);
}
