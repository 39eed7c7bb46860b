// y = activation(x * gate + addend).

fn element(at: u32) {
  let q = parameters;
  var value = f32(x[at]) * gate[at / (q.positions * q.channels) * q.channels + at % q.channels];
  if (HAS_ADDEND) { value += f32(addend[at]); }
  if (RELU) { value = rectified(value); }
  y[at] = yType(value);
}
