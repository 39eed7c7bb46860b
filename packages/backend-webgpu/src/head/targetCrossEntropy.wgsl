// A row of logits a workgroup: its loss, the sum of -target * (1 - p)^focusing * log p, and its part of the gradient of the mean. A NaN
// among logits or targets makes both NaN.

fn focusOf(rest: f32) -> f32 {
  if (parameters.focusing == 0.0) { return 1.0; }
  return pow(rest, parameters.focusing);
}

// target times the derivative of -(1 - e^l)^focusing l by l, the logarithm of a probability.
fn slopeOf(wanted: f32, logProbability: f32) -> f32 {
  // What is wanted of no class is no loss: 0 * -infinity.
  if (wanted == 0.0) { return 0.0; }
  let probability = exp(logProbability);
  let rest = 1.0 - probability;
  var bend = 0.0;
  if (probability > 0.0 && rest > 0.0) { bend = parameters.focusing * probability * logProbability / rest; }
  return wanted * focusOf(rest) * (bend - 1.0);
}

fn work(row: u32, thread: u32) {
  let q = parameters;
  if (row >= q.batch) { return; }
  let first = row * q.classes;
  let nan = bitcast<f32>(q.nan);

  var hasNan = false;
  var largest = logits[first];
  for (var k = thread; k < q.classes; k += THREADS) {
    let logit = logits[first + k];
    hasNan = hasNan || isNan(logit) || isNan(targets[first + k]);
    largest = max(largest, logit);
  }
  largest = largestOf(thread, largest);
  let isBad = anyOf(thread, hasNan);
  var sum = 0.0;
  for (var k = thread; k < q.classes; k += THREADS) { sum += exp(logits[first + k] - largest); }
  let logSum = log(sumOf(thread, sum));

  var loss = 0.0;
  var slopes = 0.0;
  for (var k = thread; k < q.classes; k += THREADS) {
    let wanted = targets[first + k];
    let logProbability = logits[first + k] - largest - logSum;
    if (wanted != 0.0) { loss -= wanted * focusOf(1.0 - exp(logProbability)) * logProbability; }
    slopes += slopeOf(wanted, logProbability);
  }
  loss = sumOf(thread, loss);
  slopes = sumOf(thread, slopes);
  for (var k = thread; k < q.classes; k += THREADS) {
    let logProbability = logits[first + k] - largest - logSum;
    let gradient = slopeOf(targets[first + k], logProbability) - exp(logProbability) * slopes;
    dLogits[first + k] = select(gradient / f32(q.batch), nan, isBad);
  }
  if (thread == 0u) { rowLosses[row] = select(loss, nan, isBad); }
}
