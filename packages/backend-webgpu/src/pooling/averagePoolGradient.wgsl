// dx at each position: the shares of dy of the windows that hold it, in their order.

fn element(at: u32) {
  let q = parameters;
  let channel = at % q.channels;
  let w = at / q.channels % q.width;
  let h = at / (q.channels * q.width) % q.height;
  let picture = at / (q.channels * q.width * q.height);
  let rows = windowsThatHold(0u, h);
  let columns = windowsThatHold(1u, w);
  var sum = 0.0;
  for (var i = rows.x; i < rows.y; i++) {
    let row = windowAt(0u, i);
    for (var j = columns.x; j < columns.y; j++) {
      let count = row.count * windowAt(1u, j).count;
      sum += dy[((picture * q.rows + i) * q.columns + j) * q.channels + channel] / f32(count);
    }
  }
  dx[at] = sum;
}
