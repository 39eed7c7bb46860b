// For each part of a picture's positions and each channel: dx, the addend's gradient, and the sum that makes dGate, [part][channel].

var<workgroup> shares: array<f32, 256>;

fn work(index: u32, thread: u32) {
  let q = parameters;
  let part = index / q.channelTiles;
  if (part >= q.parts) { return; }
  let channel = index % q.channelTiles * CHANNELS + thread % CHANNELS;
  let picture = part / q.partsPerPicture;
  var sum = 0.0;
  if (channel < q.channels) {
    let factor = gate[picture * q.channels + channel];
    let first = part % q.partsPerPicture * q.positionsPerPart;
    let end = min(q.positions, first + q.positionsPerPart);
    for (var position = first + thread / CHANNELS; position < end; position += LANES) {
      let at = (picture * q.positions + position) * q.channels + channel;
      var gradient = dy[at];
      if (RELU) { gradient = select(0.0, gradient, f32(y[at]) > 0.0); }
      if (WRITES_ADDEND) { dAddend[at] = gradient; }
      dx[at] = gradient * factor;
      sum += gradient * f32(x[at]);
    }
  }
  shares[thread] = sum;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread < half * CHANNELS) { shares[thread] += shares[thread + half * CHANNELS]; }
    workgroupBarrier();
  }
  if (thread < CHANNELS && channel < q.channels) { partials[part * q.channels + channel] = shares[thread]; }
}
