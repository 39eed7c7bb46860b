// The square root of the sum of all parts, not finite where one isn't.

var<workgroup> shares: array<f32, 256>;
var<workgroup> badShares: array<u32, 256>;

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32) {
  let q = parameters;
  var sum = 0.0;
  var isBad = false;
  for (var part = thread; part < q.parts; part += 256u) {
    isBad = isBad || !isFinite(partials[part]);
    sum += partials[part];
  }
  shares[thread] = sum;
  badShares[thread] = u32(isBad);
  workgroupBarrier();
  for (var half = 128u; half > 0u; half /= 2u) {
    if (thread < half) {
      shares[thread] += shares[thread + half];
      badShares[thread] |= badShares[thread + half];
    }
    workgroupBarrier();
  }
  if (thread != 0u) { return; }
  let root = sqrt(shares[0]);
  // An infinity of its own accord stays one.
  norm[0] = select(root, bitcast<f32>(q.nan), badShares[0] != 0u && isFinite(root));
}
