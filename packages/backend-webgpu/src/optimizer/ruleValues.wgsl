// What a rule knows of one element, and what it makes of it.

struct Values {
  parameter: f32,
  gradient: f32,
  slot0: f32,
  slot1: f32,
  learningRate: f32,
  weightDecay: f32,
  trust: f32,
}

struct Result {
  parameter: f32,
  slot0: f32,
  slot1: f32,
}

fn valuesOf(at: u32, tensor: u32) -> Values {
  let q = parameters;
  var factor = 1.0;
  if (q.clipNorm > 0.0) { factor = min(q.clipNorm / bitcast<f32>(state[0]), 1.0); }
  var values: Values;
  values.parameter = oldParameters[at];
  values.gradient = gradients[at] * factor;
  if (SLOTS > 0u) { values.slot0 = oldKept[at]; }
  if (SLOTS > 1u) { values.slot1 = oldKept[q.size + at]; }
  values.learningRate = q.learningRate * bitcast<f32>(table[4u * tensor + 3u]);
  values.weightDecay = bitcast<f32>(table[4u * tensor + 2u]);
  values.trust = 1.0;
  return values;
}
