// What the threads of a workgroup find together in a row of logits.

const THREADS = 64u;
var<workgroup> shares: array<f32, THREADS>;
var<workgroup> nanShares: array<u32, THREADS>;

fn largestOf(thread: u32, own: f32) -> f32 {
  shares[thread] = own;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { shares[thread] = max(shares[thread], shares[thread + half]); }
    workgroupBarrier();
  }
  let result = shares[0];
  workgroupBarrier();
  return result;
}

fn sumOf(thread: u32, own: f32) -> f32 {
  shares[thread] = own;
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { shares[thread] += shares[thread + half]; }
    workgroupBarrier();
  }
  let result = shares[0];
  workgroupBarrier();
  return result;
}

fn anyOf(thread: u32, own: bool) -> bool {
  nanShares[thread] = u32(own);
  workgroupBarrier();
  for (var half = THREADS / 2u; half > 0u; half /= 2u) {
    if (thread < half) { nanShares[thread] |= nanShares[thread + half]; }
    workgroupBarrier();
  }
  return nanShares[0] != 0u;
}
