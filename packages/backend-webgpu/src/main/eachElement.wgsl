// Runs element(at) for each of parameters.size elements, one a thread.

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = 256u * (workgroup.x + workgroup.y * counts.x) + thread;
  if (at < parameters.size) { element(at); }
}
