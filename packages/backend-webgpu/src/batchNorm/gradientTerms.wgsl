// What both passes of the backward equations use. In training the spread is 1 / deviation of the batch, in inference the running
// variance.

fn inverseDeviation(channel: u32) -> f32 {
  if (INFERENCE) { return inverseSqrt(spread[channel] + parameters.epsilon); }
  return spread[channel];
}

/** The gradient of the sum before the activation. */
fn beforeActivation(at: u32) -> f32 {
  if (RELU) { return select(0.0, dy[at], y[at] > 0.0); }
  return dy[at];
}

var<workgroup> laneSums: array<vec2f, 256>;

/** The sum over all lanes of the thread's channel. */
fn addLanes(thread: u32, own: vec2f) -> vec2f {
  laneSums[thread] = own;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread < half * CHANNELS) { laneSums[thread] += laneSums[thread + half * CHANNELS]; }
    workgroupBarrier();
  }
  return laneSums[thread % CHANNELS];
}
