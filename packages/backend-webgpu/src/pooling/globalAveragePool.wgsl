// The mean over all positions, of one channel of one picture a thread.

@compute @workgroup_size(64)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let q = parameters;
  let at = 64u * (workgroup.x + workgroup.y * counts.x) + thread;
  if (at >= q.size) { return; }
  let first = at / q.channels * q.positions * q.channels + at % q.channels;
  var sum = 0.0;
  for (var p = 0u; p < q.positions; p++) { sum += f32(x[first + p * q.channels]); }
  y[at] = sum / f32(q.positions);
}
