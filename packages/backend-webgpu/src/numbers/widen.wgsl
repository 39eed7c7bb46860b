// Float32 values of what is kept in float16, an element a thread.

fn element(at: u32) { y[at] = f32(x[at]); }
