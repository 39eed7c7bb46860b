// A step of stochastic gradient descent, an element of all parameters a thread. Where the gradients' norm is not finite nothing
// changes, except that the first non-finite step says so: an integer behind the new parameters, for which these are bits.
// `state` is the norm's bits and that step so far.
// Source: PyTorch's torch.optim.SGD; clipping as in clip_grad_norm_.

const THREADS = 256u;

fn work(index: u32, thread: u32) {
  let q = parameters;
  let at = THREADS * index + thread;
  let norm = bitcast<f32>(state[0]);
  let canMove = isFinite(norm);
  if (at == 0u) {
    let first = state[1];
    newParameters[q.size] = u32(select(first, q.step, !canMove && first < 0));
  }
  if (at >= q.size) { return; }

  let old = oldParameters[at];
  var factor = 1.0;
  if (q.clipNorm > 0.0) { factor = min(q.clipNorm / norm, 1.0); }
  let gradient = gradients[at] * factor + old * bitcast<f32>(table[3u * tensorAt(at) + 2u]);
  var direction = gradient;
  if (HAS_MOMENTUM) {
    let velocity = oldVelocities[at] * q.momentum + gradient;
    newVelocities[at] = select(oldVelocities[at], velocity, canMove);
    direction = select(velocity, gradient + velocity * q.momentum, NESTEROV);
  }
  let moved = select(old, old - direction * q.learningRate, canMove);
  newParameters[at] = bitcast<u32>(moved);
  if (HAS_AVERAGES) {
    let average = oldAverages[at];
    newAverages[at] = select(average, average * q.averageDecay + moved * (1.0 - q.averageDecay), canMove);
  }
}
