// Windows along an axis (0: down, 1: right): the positions inside of the picture, and how many count.

struct Window { first: u32, last: u32, count: u32 }

fn windowAt(axis: u32, index: u32) -> Window {
  let q = parameters;
  let length = vec2u(q.height, q.width)[axis];
  let padding = vec2u(q.paddingRows, q.paddingColumns)[axis];
  let start = index * vec2u(q.strideRows, q.strideColumns)[axis]; // in the padded picture
  let end = min(start + vec2u(q.tapRows, q.tapColumns)[axis], length + 2u * padding);
  let first = max(start, padding) - padding;
  let last = min(end - min(end, padding), length);
  return Window(first, last, select(last - first, end - start, COUNTS_PADDING));
}

/** The first of them, and the one behind the last. */
fn windowsThatHold(axis: u32, position: u32) -> vec2u {
  let q = parameters;
  let at = position + vec2u(q.paddingRows, q.paddingColumns)[axis];
  let stride = vec2u(q.strideRows, q.strideColumns)[axis];
  let taps = vec2u(q.tapRows, q.tapColumns)[axis];
  let first = select((at - taps) / stride + 1u, 0u, at < taps);
  return vec2u(first, min(at / stride + 1u, vec2u(q.rows, q.columns)[axis]));
}
