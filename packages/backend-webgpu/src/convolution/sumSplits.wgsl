// Adds the splits of filterGradient.wgsl, in their order: 32 elements a workgroup, 8 threads an element.

var<workgroup> shares: array<array<f32, 32>, 8>;

@compute @workgroup_size(256)
fn main(
  @builtin(workgroup_id) workgroup: vec3u,
  @builtin(num_workgroups) counts: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let q = parameters;
  let element = 32u * (workgroup.x + workgroup.y * counts.x) + thread % 32u;
  let share = thread / 32u;
  var sum = 0.0;
  for (var split = share; split < q.splits; split += 8u) {
    if (element < q.filterSize) {
      sum += partialFilter[split * q.filterSize + element];
    } else if (HAS_BIAS && element < q.filterSize + q.biasSize) {
      sum += partialBias[split * q.biasSize + element - q.filterSize];
    }
  }
  shares[share][thread % 32u] = sum;
  workgroupBarrier();
  if (share != 0u) { return; }
  for (var other = 1u; other < 8u; other++) { sum += shares[other][thread % 32u]; }
  if (element < q.filterSize) {
    dFilter[element] = sum;
  } else if (HAS_BIAS && element < q.filterSize + q.biasSize) {
    dBias[element - q.filterSize] = sum;
  }
}
