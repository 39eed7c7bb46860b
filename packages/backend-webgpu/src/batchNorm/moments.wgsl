// Count, mean and sum of squared distances from it, of parts that are merged without cancellation.
// Source: Chan, Golub & LeVeque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979).

struct Moments { count: f32, mean: f32, squares: f32 }

fn merged(a: Moments, b: Moments) -> Moments {
  let count = a.count + b.count;
  if (b.count == 0.0) { return a; }
  let distance = b.mean - a.mean;
  let share = b.count / count;
  return Moments(count, a.mean + distance * share, a.squares + b.squares + distance * distance * a.count * share);
}

var<workgroup> laneMoments: array<Moments, 256>;

/** The moments of all lanes of the thread's channel. */
fn mergeLanes(thread: u32, own: Moments) -> Moments {
  laneMoments[thread] = own;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread < half * CHANNELS) {
      laneMoments[thread] = merged(laneMoments[thread], laneMoments[thread + half * CHANNELS]);
    }
    workgroupBarrier();
  }
  return laneMoments[thread % CHANNELS];
}
