// Float32 values of what is kept in float16, an element a thread.

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = 256u * (workgroup.x + workgroup.y * counts.x) + thread;
  if (at < parameters.size) { y[at] = f32(x[at]); }
}
