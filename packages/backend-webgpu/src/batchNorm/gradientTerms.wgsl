// What both passes of the backward equations use. In training the spread is 1 / deviation of the batch, in inference the running
// variance.

fn inverseDeviation(channel: u32) -> f32 {
  if (INFERENCE) { return inverseSqrt(spread[channel] + parameters.epsilon); }
  return spread[channel];
}

/** FROM_X: what y was before the ReLU is computed again from x, which is read anyhow, in place of reading y. */
struct Line { centre: f32, factor: f32, summand: f32 }

fn forwardLine(channel: u32) -> Line {
  if (!FROM_X) { return Line(); }
  return Line(mean[channel], inverseDeviation(channel) * scale[channel], statistics[4u * parameters.channelStep + channel]);
}

/** The gradient of the sum before the activation. */
fn beforeActivation(at: u32, line: Line) -> f32 {
  if (!RELU) { return dy[at]; }
  if (FROM_X) { return select(0.0, dy[at], (f32(x[at]) - line.centre) * line.factor + line.summand > 0.0); }
  return select(0.0, dy[at], f32(y[at]) > 0.0);
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
