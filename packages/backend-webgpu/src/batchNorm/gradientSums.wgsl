// For each part of the rows and each channel: the sums of the gradient, times the normalised x and by itself, [part][channel][2].
// Where there is an addend its gradient is what is summed, and is written for it and for the second pass.

fn work(index: u32, thread: u32) {
  let q = parameters;
  let part = index / q.channelTiles;
  if (part >= q.parts) { return; }
  let channel = index % q.channelTiles * CHANNELS + thread % CHANNELS;
  var own = vec2f();
  if (channel < q.channels) {
    let centre = mean[channel];
    let inverse = inverseDeviation(channel);
    let line = forwardLine(channel);
    let end = min(q.rows, (part + 1u) * q.rowsPerPart);
    for (var row = part * q.rowsPerPart + thread / CHANNELS; row < end; row += LANES) {
      let at = row * q.channels + channel;
      let gradient = beforeActivation(at, line);
      own += vec2f(gradient * ((f32(x[at]) - centre) * inverse), gradient);
      if (WRITES_ADDEND) { dAddend[at] = gradient; }
    }
  }
  let all = addLanes(thread, own);
  if (thread < CHANNELS && channel < q.channels) {
    let at = 2u * (part * q.channels + channel);
    partials[at] = all.x;
    partials[at + 1u] = all.y;
  }
}
