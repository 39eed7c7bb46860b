// The sum of squares of each part of all gradients. One that is not finite shows in its part, whatever a compiler thinks of NaN.
// Between two gradients may lie a few elements that belong to none.

var<workgroup> shares: array<f32, 256>;
var<workgroup> badShares: array<u32, 256>;

const THREADS = 256u;

fn work(part: u32, thread: u32) {
  let q = parameters;
  if (part >= q.parts) { return; }
  var sum = 0.0;
  var isBad = false;
  let end = min(q.size, (part + 1u) * q.sizePerPart);
  for (var at = part * q.sizePerPart + thread; at < end; at += 256u) {
    let tensor = tensorAt(at);
    if (at - table[4u * tensor] < table[4u * tensor + 1u]) {
      let value = gradients[at];
      isBad = isBad || !isFinite(value);
      sum += value * value;
    }
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
  if (thread == 0u) {
    partials[part] = select(shares[0], bitcast<f32>(q.nan), badShares[0] != 0u && isFinite(shares[0]));
  }
}
