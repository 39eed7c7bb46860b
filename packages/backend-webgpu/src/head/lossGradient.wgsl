// dy * dLogits, dy a scalar.

fn element(at: u32) { product[at] = dy[0] * dLogits[at]; }
