// A step of an optimizer, an element of all parameters a thread; `next` is its rule (ruleText.ts). Where the gradients' norm is
// not finite nothing changes, except that the first non-finite step says so: an integer behind the new parameters, for which these
// are bits. `state` is the norm's bits and that step so far. `oldKept` holds each slot of all parameters, one after the other, then the
// averages. Clipping as in PyTorch's clip_grad_norm_.

const THREADS = 256u;

fn work(index: u32, thread: u32) {
  let q = parameters;
  let at = THREADS * index + thread;
  let canMove = isFinite(bitcast<f32>(state[0]));
  if (at == 0u) {
    let first = state[1];
    newParameters[q.size] = u32(select(first, q.step, !canMove && first < 0));
  }
  if (at >= q.size) { return; }

  let tensor = tensorAt(at);
  var values = valuesOf(at, tensor);
  if (LAYERWISE) { values.trust = trusts[tensor]; }
  let result = next(values);
  let moved = select(values.parameter, result.parameter, canMove);
  newParameters[at] = bitcast<u32>(moved);
  if (SLOTS > 0u) { newKept[at] = select(values.slot0, result.slot0, canMove); }
  if (SLOTS > 1u) { newKept[q.size + at] = select(values.slot1, result.slot1, canMove); }
  if (HAS_AVERAGES) {
    let average = oldKept[SLOTS * q.size + at];
    let kept = average * q.averageDecay + moved * (1.0 - q.averageDecay);
    newKept[SLOTS * q.size + at] = select(average, kept, canMove);
  }
}
