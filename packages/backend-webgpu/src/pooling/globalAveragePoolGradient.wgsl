// Every position of a channel gets the same share of dy.

fn element(at: u32) {
  let q = parameters;
  dx[at] = dy[at / (q.positions * q.channels) * q.channels + at % q.channels] / f32(q.positions);
}
