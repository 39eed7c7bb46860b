// The trust of each parameter by the sums of layerSquares.wgsl: 1 where it isn't adapted, or where a length is 0.

fn element(tensor: u32) {
  var squares = vec2f();
  for (var group = 0u; group < parameters.groups; group++) {
    let at = 2u * (parameters.groups * tensor + group);
    squares += vec2f(partials[at], partials[at + 1u]);
  }
  let lengths = sqrt(squares);
  let weightDecay = bitcast<f32>(table[4u * tensor + 2u]);
  var trust = 1.0;
  if ((ALWAYS_ADAPT || weightDecay != 0.0) && lengths.x > 0.0 && lengths.y > 0.0) {
    trust = trustOf(lengths.x, lengths.y, weightDecay);
  }
  trusts[tensor] = trust;
}
