// The sums of each part of the rows, [part][channel]: a first pass over x, and a second one over the parts of the first.

var<workgroup> shares: array<f32, 256>;

fn work(index: u32, thread: u32) {
  let q = parameters;
  let part = index / q.channelTiles;
  if (part >= q.parts) { return; }
  let channel = index % q.channelTiles * CHANNELS + thread % CHANNELS;
  var sum = 0.0;
  if (channel < q.channels) {
    let end = min(q.rows, (part + 1u) * q.rowsPerPart);
    for (var row = part * q.rowsPerPart + thread / CHANNELS; row < end; row += LANES) {
      sum += x[row * q.channels + channel];
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
