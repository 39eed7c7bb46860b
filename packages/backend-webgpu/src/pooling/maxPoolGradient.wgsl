// dx at each position: the sum of dy over the windows whose maximum it is, in their order.

fn element(at: u32) {
  let q = parameters;
  let channel = at % q.channels;
  let w = at / q.channels % q.width;
  let h = at / (q.channels * q.width) % q.height;
  let picture = at / (q.channels * q.width * q.height);
  let position = i32(h * q.width + w);

  // The windows that can hold the position.
  let bottom = vec2u(h + q.paddingRows, w + q.paddingColumns);
  let taps = vec2u(q.tapRows, q.tapColumns);
  let stride = vec2u(q.strideRows, q.strideColumns);
  let first = select((bottom - taps) / stride + 1u, vec2u(), bottom < taps);
  let last = min(bottom / stride, vec2u(q.rows, q.columns) - 1u);
  var sum = 0.0;
  for (var row = first.x; row <= last.x; row++) {
    for (var column = first.y; column <= last.y; column++) {
      let window = ((picture * q.rows + row) * q.columns + column) * q.channels + channel;
      if (argmax[window] == position) { sum += dy[window]; }
    }
  }
  dx[at] = sum;
}
