// The mean of each window. What leaves the padded picture, in ceil mode, never counts.

fn element(at: u32) {
  let q = parameters;
  let channel = at % q.channels;
  let column = windowAt(1u, at / q.channels % q.columns);
  let row = windowAt(0u, at / (q.channels * q.columns) % q.rows);
  let picture = at / (q.channels * q.columns * q.rows);
  var sum = 0.0;
  for (var h = row.first; h < row.last; h++) {
    for (var w = column.first; w < column.last; w++) {
      sum += f32(x[((picture * q.height + h) * q.width + w) * q.channels + channel]);
    }
  }
  y[at] = yType(sum / f32(row.count * column.count));
}
