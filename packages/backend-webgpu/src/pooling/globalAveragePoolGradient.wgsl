// Every position of a channel gets the same share of dy.

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let q = parameters;
  let at = 256u * (workgroup.x + workgroup.y * counts.x) + thread;
  if (at >= q.size) { return; }
  dx[at] = dy[at / (q.positions * q.channels) * q.channels + at % q.channels] / f32(q.positions);
}
