// The targets of class numbers, by one workgroup: it is little work, and the weights of all labels have to be summed first.

var<workgroup> shares: array<f32, 256>;

fn isKnown(label: i32) -> bool { return label >= 0 && label < i32(parameters.classes); }

fn weightOf(label: u32) -> f32 {
  if (HAS_WEIGHTS) { return classWeights[label]; }
  return 1.0;
}

@compute @workgroup_size(256)
fn main(@builtin(local_invocation_index) thread: u32) {
  let q = parameters;
  let nan = bitcast<f32>(q.nan);
  var scale = 1.0;
  if (HAS_WEIGHTS) {
    var own = 0.0;
    for (var row = thread; row < q.batch; row += 256u) {
      if (isKnown(labels[row])) { own += weightOf(u32(labels[row])); }
    }
    shares[thread] = own;
    workgroupBarrier();
    for (var half = 128u; half > 0u; half /= 2u) {
      if (thread < half) { shares[thread] += shares[thread + half]; }
      workgroupBarrier();
    }
    scale = f32(q.batch) / shares[0];
  }
  for (var at = thread; at < q.batch * q.classes; at += 256u) {
    let label = labels[at / q.classes];
    let k = at % q.classes;
    let spread = select(0.0, 1.0 - q.labelSmoothing, i32(k) == label) + q.labelSmoothing / f32(q.classes);
    targets[at] = select(nan, spread * weightOf(k) * scale, isKnown(label));
  }
}
