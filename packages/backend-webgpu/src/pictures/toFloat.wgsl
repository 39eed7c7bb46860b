// (x / 255 - mean) / deviation, an element a thread; `table` holds the mean and then the deviation of each channel.

fn element(at: u32) {
  let channel = at % parameters.channels;
  y[at] = (f32(x[at]) / 255.0 - table[channel]) / table[parameters.channels + channel];
}
