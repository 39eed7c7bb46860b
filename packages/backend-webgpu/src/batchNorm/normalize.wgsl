// Each workgroup merges the parts' moments of its channels, and normalises its rows: y = activation(scale * (x - mean) / deviation
// + offset + addend). The first part's workgroup also writes the statistics.

fn work(index: u32, thread: u32) {
  let q = parameters;
  let block = index / q.channelTiles;
  if (block >= q.blocks) { return; }
  let channel = index % q.channelTiles * CHANNELS + thread % CHANNELS;
  let lane = thread / CHANNELS;

  var own = Moments();
  if (channel < q.channels) {
    for (var part = lane; part < q.parts; part += LANES) {
      let at = 2u * (part * q.channels + channel);
      let count = min(q.rows, (part + 1u) * q.rowsPerPart) - part * q.rowsPerPart;
      own = merged(own, Moments(f32(count), partials[at], partials[at + 1u]));
    }
  }
  let all = mergeLanes(thread, own);
  if (channel >= q.channels) { return; }
  let count = f32(q.rows);
  let inverse = inverseSqrt(all.squares / count + q.epsilon);
  if (block == 0u && lane == 0u) {
    let step = q.statisticsStep;
    statistics[channel] = all.mean;
    statistics[step + channel] = inverse;
    statistics[2u * step + channel] = (1.0 - q.momentum) * runningMean[channel] + q.momentum * all.mean;
    statistics[3u * step + channel] =
      (1.0 - q.momentum) * runningVariance[channel] + q.momentum * all.squares / (count - 1.0);
    statistics[4u * step + channel] = offset[channel];
  }

  let factor = inverse * scale[channel];
  let summand = offset[channel];
  let end = min(q.rows, (block + 1u) * q.rowsPerBlock);
  for (var row = block * q.rowsPerBlock + lane; row < end; row += LANES) {
    let at = row * q.channels + channel;
    var value = (f32(x[at]) - all.mean) * factor + summand;
    if (HAS_ADDEND) { value += f32(addend[at]); }
    if (RELU) { value = rectified(value); }
    y[at] = yType(value);
  }
}
