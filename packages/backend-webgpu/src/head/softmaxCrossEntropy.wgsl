// A row of logits a workgroup: its loss, and its part of the gradient, (softmax - target) / batch. A label that is no class makes
// both NaN, as does a NaN among the logits.

fn work(row: u32, thread: u32) {
  let q = parameters;
  if (row >= q.batch) { return; }
  let first = row * q.classes;
  let label = labels[row];
  let nan = bitcast<f32>(q.nan);

  var hasNan = label < 0 || label >= i32(q.classes);
  var largest = logits[first];
  for (var k = thread; k < q.classes; k += THREADS) {
    let logit = logits[first + k];
    hasNan = hasNan || isNan(logit);
    largest = max(largest, logit);
  }
  largest = largestOf(thread, largest);
  let isBad = anyOf(thread, hasNan);
  var sum = 0.0;
  for (var k = thread; k < q.classes; k += THREADS) { sum += exp(logits[first + k] - largest); }
  let logSum = log(sumOf(thread, sum));

  let spread = q.labelSmoothing / f32(q.classes);
  var loss = 0.0;
  for (var k = thread; k < q.classes; k += THREADS) {
    let logProbability = logits[first + k] - largest - logSum;
    let wanted = select(0.0, 1.0 - q.labelSmoothing, i32(k) == label) + spread;
    // 0 * -infinity is no loss.
    if (wanted != 0.0) { loss -= wanted * logProbability; }
    dLogits[first + k] = select((exp(logProbability) - wanted) / f32(q.batch), nan, isBad);
  }
  loss = sumOf(thread, loss);
  if (thread == 0u) { rowLosses[row] = select(loss, nan, isBad); }
}
