// y = activation(scale * (x - mean) / sqrt(variance + epsilon) + offset + addend), an element a thread.

fn element(at: u32) {
  let channel = at % parameters.channels;
  let inverse = inverseSqrt(variance[channel] + parameters.epsilon);
  var value = (f32(x[at]) - mean[channel]) * inverse * scale[channel] + offset[channel];
  if (HAS_ADDEND) { value += f32(addend[at]); }
  if (RELU) { value = rectified(value); }
  y[at] = yType(value);
}
