// The moments of each part of the rows, for each channel: [part][channel][mean, sum of squares].

fn work(index: u32, thread: u32) {
  let q = parameters;
  let part = index / q.channelTiles;
  if (part >= q.parts) { return; }
  let channel = index % q.channelTiles * CHANNELS + thread % CHANNELS;
  let start = part * q.rowsPerPart + thread / CHANNELS;
  let end = min(q.rows, (part + 1u) * q.rowsPerPart);

  // Distances from the thread's own first value: the sums can't lose more than its count of rows times a rounding.
  var own = Moments();
  if (channel < q.channels && start < end) {
    let shift = f32(x[start * q.channels + channel]);
    var sum = 0.0;
    var squares = 0.0;
    for (var row = start; row < end; row += LANES) {
      let distance = f32(x[row * q.channels + channel]) - shift;
      sum += distance;
      squares += distance * distance;
    }
    let count = f32((end - start + LANES - 1u) / LANES);
    own = Moments(count, shift + sum / count, squares - sum * sum / count);
  }
  let all = mergeLanes(thread, own);
  if (thread < CHANNELS && channel < q.channels) {
    let at = 2u * (part * q.channels + channel);
    partials[at] = all.mean;
    partials[at + 1u] = all.squares;
  }
}
