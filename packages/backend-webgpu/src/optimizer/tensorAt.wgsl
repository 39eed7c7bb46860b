// `table` holds four words a tensor: its first element, how many it has, its weight decay, its share of the learning rate.

/** The tensor whose elements begin last at or before this element: they are in order, so halving finds it. */
fn tensorAt(element: u32) -> u32 {
  var first = 0u;
  var last = parameters.tensors - 1u;
  while (first < last) {
    let middle = (first + last + 1u) / 2u;
    if (table[4u * middle] <= element) { first = middle; } else { last = middle - 1u; }
  }
  return first;
}
