// Adds the splits of filterGradient.wgsl, in their order: 32 elements a workgroup, 8 threads an element.

var<workgroup> shares: array<array<f32, 32>, 8>;

const THREADS = 256u;

fn work(index: u32, thread: u32) {
  let q = parameters;
  let element = 32u * index + thread % 32u;
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
