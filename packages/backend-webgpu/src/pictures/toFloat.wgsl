// (x / 255 - mean) / deviation, an element a thread; `table` holds the mean and then the deviation of each channel.

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = 256u * (workgroup.x + workgroup.y * counts.x) + thread;
  if (at >= parameters.size) { return; }
  let channel = at % parameters.channels;
  y[at] = (f32(x[at]) / 255.0 - table[channel]) / table[parameters.channels + channel];
}
