// The mean over all positions, of one channel of one picture a thread.

fn element(at: u32) {
  let q = parameters;
  let first = at / q.channels * q.positions * q.channels + at % q.channels;
  var sum = 0.0;
  for (var p = 0u; p < q.positions; p++) { sum += f32(x[first + p * q.channels]); }
  y[at] = sum / f32(q.positions);
}
