// y = activation(scale * (x - mean) / sqrt(variance + epsilon) + offset + addend), an element a thread.

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = 256u * (workgroup.x + workgroup.y * counts.x) + thread;
  if (at >= parameters.size) { return; }
  let channel = at % parameters.channels;
  let inverse = inverseSqrt(variance[channel] + parameters.epsilon);
  var value = (f32(x[at]) - mean[channel]) * inverse * scale[channel] + offset[channel];
  if (HAS_ADDEND) { value += f32(addend[at]); }
  if (RELU) { value = rectified(value); }
  y[at] = yType(value);
}
