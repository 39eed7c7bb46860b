// dx = scale / deviation * (dSum - (dOffset + normalised * dScale) / count) in training, and without the second term in inference.
// Source: Ioffe & Szegedy, "Batch Normalization" (arXiv 1502.03167), section 3.

fn work(index: u32, thread: u32) {
  let q = parameters;
  let block = index / q.channelTiles;
  if (block >= q.blocks) { return; }
  let channel = index % q.channelTiles * CHANNELS + thread % CHANNELS;
  let lane = thread / CHANNELS;

  var own = vec2f();
  if (channel < q.channels) {
    for (var part = lane; part < q.parts; part += LANES) {
      let at = 2u * (part * q.channels + channel);
      own += vec2f(partials[at], partials[at + 1u]);
    }
  }
  let all = addLanes(thread, own); // dScale, dOffset
  if (channel >= q.channels) { return; }
  if (block == 0u && lane == 0u) {
    sums[channel] = all.x;
    sums[q.channelStep + channel] = all.y;
  }

  let centre = mean[channel];
  let inverse = inverseDeviation(channel);
  let line = forwardLine(channel);
  let factor = scale[channel] * inverse;
  let share = all / f32(q.rows);
  let end = min(q.rows, (block + 1u) * q.rowsPerBlock);
  for (var row = block * q.rowsPerBlock + lane; row < end; row += LANES) {
    let at = row * q.channels + channel;
    var gradient = beforeActivation(at, line);
    if (!INFERENCE) { gradient -= share.y + (f32(x[at]) - centre) * inverse * share.x; }
    dx[at] = factor * gradient;
  }
}
