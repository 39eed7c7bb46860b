// Pillow's two passes at once: each row that an output needs is resized horizontally and rounded to a whole level, then those
// vertically. `table` holds for each axis the first input of each output, then `taps` coefficients of each output.

fn level(sum: i32) -> i32 { return clamp(sum >> COEFFICIENT_BITS, 0, 255); }

fn along(picture: u32, h: u32, w: u32, channel: u32) -> i32 {
  let q = parameters;
  if (q.columnTaps == 0u) { return x[((picture * q.height + h) * q.width + w) * q.channels + channel]; }
  let first = u32(columnTable[w]);
  var sum = 1 << (COEFFICIENT_BITS - 1u);
  for (var t = 0u; t < q.columnTaps; t++) {
    let source = min(first + t, q.width - 1u);
    let weight = columnTable[q.columns + w * q.columnTaps + t];
    sum += x[((picture * q.height + h) * q.width + source) * q.channels + channel] * weight;
  }
  return level(sum);
}

fn element(at: u32) {
  let q = parameters;
  let channel = at % q.channels;
  let w = at / q.channels % q.columns;
  let h = at / (q.channels * q.columns) % q.rows;
  let picture = at / (q.channels * q.columns * q.rows);
  if (q.rowTaps == 0u) {
    y[at] = along(picture, h, w, channel);
    return;
  }
  let first = u32(rowTable[h]);
  var sum = 1 << (COEFFICIENT_BITS - 1u);
  for (var t = 0u; t < q.rowTaps; t++) {
    let weight = rowTable[q.rows + h * q.rowTaps + t];
    if (weight != 0) { sum += along(picture, min(first + t, q.height - 1u), w, channel) * weight; }
  }
  y[at] = level(sum);
}
