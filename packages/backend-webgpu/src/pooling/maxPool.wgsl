// The largest value of each window and its position h * W + w. The first maximum wins, and a NaN wins over everything.

fn element(at: u32) {
  let q = parameters;
  let channel = at % q.channels;
  let column = at / q.channels % q.columns;
  let row = at / (q.channels * q.columns) % q.rows;
  let picture = at / (q.channels * q.columns * q.rows);
  let top = i32(row * q.strideRows) - i32(q.paddingRows);
  let left = i32(column * q.strideColumns) - i32(q.paddingColumns);

  var best = bitcast<f32>(q.negativeInfinity);
  var position = u32(max(top, 0)) * q.width + u32(max(left, 0));
  for (var i = 0u; i < q.tapRows; i++) {
    let h = u32(top + i32(i));
    if (h >= q.height) { continue; }
    for (var j = 0u; j < q.tapColumns; j++) {
      let w = u32(left + i32(j));
      if (w >= q.width) { continue; }
      let value = f32(x[((picture * q.height + h) * q.width + w) * q.channels + channel]);
      // Nothing is larger than a NaN already found.
      if (isNan(value) || (value > best && !isNan(best))) {
        best = value;
        position = h * q.width + w;
      }
    }
  }
  y[at] = yType(best);
  argmax[at] = i32(position);
}
