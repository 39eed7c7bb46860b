import { int, madd, pointer, share } from './simd';

/**
 * y = activation(x * gate + addend). Arguments: x, gate [B, C], addend or 0, y, B, pixels, C, relu.
 * Each thread makes whole pixels of x [B, pixels, C].
 */
export function scaleChannels(args: usize, thread: i32, threads: i32): void {
  const relu = int(args, 7) != 0;
  // The flags are constants in each of the four copies that are inlined here.
  if (pointer(args, 2) != 0) {
    if (relu) scalePixels(args, thread, threads, true, true);
    else scalePixels(args, thread, threads, true, false);
  } else {
    if (relu) scalePixels(args, thread, threads, false, true);
    else scalePixels(args, thread, threads, false, false);
  }
}

// @ts-ignore: decorator
@inline
function scalePixels(args: usize, thread: i32, threads: i32, hasAddend: bool, relu: bool): void {
  const x = pointer(args, 0);
  const addend = pointer(args, 2);
  const y = pointer(args, 3);
  const pixels = int(args, 5);
  const rowBytes = <usize>int(args, 6) << 2;
  const all = int(args, 4) * pixels;
  const zero = f32x4.splat(0);
  const end = share(all, thread + 1, threads);
  for (let pixel = share(all, thread, threads); pixel < end; pixel++) {
    const gate = pointer(args, 1) + <usize>(pixel / pixels) * rowBytes;
    const at = <usize>pixel * rowBytes;
    let c: usize = 0;
    for (; c + 16 <= rowBytes; c += 16) {
      const product = f32x4.mul(v128.load(x + at + c), v128.load(gate + c));
      const value = hasAddend ? f32x4.add(product, v128.load(addend + at + c)) : product;
      v128.store(y + at + c, relu ? f32x4.pmax(value, zero) : value); // pmax(y, 0) is "y < 0 ? 0 : y": a NaN stays
    }
    for (; c < rowBytes; c += 4) {
      let value = load<f32>(x + at + c) * load<f32>(gate + c);
      if (hasAddend) value += load<f32>(addend + at + c);
      store<f32>(y + at + c, relu && value < 0 ? 0 : value);
    }
  }
}

/**
 * With g = dy where the ReLU let y through: dx = g * gate, g itself where an addend needs it, and the sums of g * x.
 * Arguments: dy, what is to be added to dy or 0, x, gate, y or 0, dx, g's place or 0, partials, B, pixels, C, pixels a chunk, chunks
 * a picture. `partials` [B, chunks, C] receives the sums of each chunk; a thread owns whole chunks.
 */
export function scaleChannelsGradient(args: usize, thread: i32, threads: i32): void {
  const writesG = pointer(args, 6) != 0;
  if (pointer(args, 4) == 0) gradientChunks(args, thread, threads, false, false, false);
  else if (!writesG) gradientChunks(args, thread, threads, true, false, false);
  else if (pointer(args, 1) == 0) gradientChunks(args, thread, threads, true, true, false);
  else gradientChunks(args, thread, threads, true, true, true);
}

// @ts-ignore: decorator
@inline
function gradientChunks(args: usize, thread: i32, threads: i32, relu: bool, writesG: bool, adds: bool): void {
  const dy = pointer(args, 0);
  const more = pointer(args, 1);
  const x = pointer(args, 2);
  const y = pointer(args, 4);
  const dx = pointer(args, 5);
  const g = pointer(args, 6);
  const pixels = int(args, 9);
  const rowBytes = <usize>int(args, 10) << 2;
  const chunkPixels = int(args, 11);
  const chunks = int(args, 12);
  const zero = f32x4.splat(0);
  const end = share(int(args, 8) * chunks, thread + 1, threads);
  for (let chunk = share(int(args, 8) * chunks, thread, threads); chunk < end; chunk++) {
    const picture = chunk / chunks;
    const first = (chunk % chunks) * chunkPixels;
    const gate = pointer(args, 3) + <usize>picture * rowBytes;
    const sum = pointer(args, 7) + <usize>chunk * rowBytes;
    memory.fill(sum, 0, rowBytes);
    let at = <usize>(picture * pixels + first) * rowBytes;
    const last = at + <usize>min(chunkPixels, pixels - first) * rowBytes;
    for (; at < last; at += rowBytes) {
      let c: usize = 0;
      for (; c + 16 <= rowBytes; c += 16) {
        const i = at + c;
        let value = v128.load(dy + i);
        if (adds) value = f32x4.add(value, v128.load(more + i));
        if (relu) value = v128.and(value, f32x4.gt(v128.load(y + i), zero));
        if (writesG) v128.store(g + i, value);
        v128.store(dx + i, f32x4.mul(value, v128.load(gate + c)));
        v128.store(sum + c, madd(value, v128.load(x + i), v128.load(sum + c)));
      }
      for (; c < rowBytes; c += 4) {
        const i = at + c;
        let value = load<f32>(dy + i);
        if (adds) value += load<f32>(more + i);
        if (relu && !(load<f32>(y + i) > 0)) value = 0;
        if (writesG) store<f32>(g + i, value);
        store<f32>(dx + i, value * load<f32>(gate + c));
        store<f32>(sum + c, load<f32>(sum + c) + value * load<f32>(x + i));
      }
    }
  }
}

/** sums [B, C] of partials [B, chunks, C], in float64 and in order. Arguments: partials, sums, B, chunks, C. */
export function pictureSums(args: usize, thread: i32, threads: i32): void {
  const chunks = int(args, 3);
  const channels = int(args, 4);
  const rowBytes = <usize>channels << 2;
  const end = share(int(args, 2), thread + 1, threads);
  for (let picture = share(int(args, 2), thread, threads); picture < end; picture++) {
    for (let c: usize = 0; c < rowBytes; c += 4) {
      let sum: f64 = 0;
      for (let chunk = 0; chunk < chunks; chunk++) {
        sum += <f64>load<f32>(pointer(args, 0) + <usize>(picture * chunks + chunk) * rowBytes + c);
      }
      store<f32>(pointer(args, 1) + <usize>picture * rowBytes + c, <f32>sum);
    }
  }
}
