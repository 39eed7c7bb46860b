// Runs work(index, thread) for each workgroup's index and each of its THREADS threads.

@compute @workgroup_size(THREADS)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  work(workgroup.x + workgroup.y * counts.x, thread);
}
