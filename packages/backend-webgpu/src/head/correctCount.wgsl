// How many rows have their first largest logit at their label. A row with a NaN is wrong.

var<workgroup> shares: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32) {
  let q = parameters;
  var correct = 0u;
  for (var row = thread; row < q.batch; row += 256u) {
    var best = 0u;
    var hasNan = false;
    for (var k = 0u; k < q.classes; k++) {
      let logit = logits[row * q.classes + k];
      hasNan = hasNan || isNan(logit);
      if (logit > logits[row * q.classes + best]) { best = k; }
    }
    correct += u32(!hasNan && i32(best) == labels[row]);
  }
  shares[thread] = correct;
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (thread < half) { shares[thread] += shares[thread + half]; }
    workgroupBarrier();
  }
  if (thread == 0u) { count[0] = f32(shares[0]); }
}
