import { int, pointer, share } from './simd';

/** Bits after the point of a coefficient: Pillow's `PRECISION_BITS`. */
const BITS: i32 = 32 - 8 - 2;
const HALF: i32 = 1 << (BITS - 1);

/**
 * Pillow's bilinear resize of 8-bit pictures, held as int32: along the rows, then along the columns, each pass rounded
 * and clipped to a byte. Source: Pillow, `Resample.c`, ImagingResampleHorizontal_8bpc and ImagingResampleVertical_8bpc.
 *
 * Arguments: x [B, H, W, C], y [B, h, w, C], rows (a space of [H, w, C] for each thread), B, H, W, C, h, w, then for the
 * width and for the height: taps, first [w or h], coefficients [w or h, taps]. Each thread makes whole pictures.
 */
export function resizeBilinear(args: usize, thread: i32, threads: i32): void {
  const batch = int(args, 3);
  const height = int(args, 4);
  const width = int(args, 5);
  const channels = int(args, 6);
  const newHeight = int(args, 7);
  const newWidth = int(args, 8);
  const newRow = newWidth * channels; // values
  const rows = pointer(args, 2) + (<usize>(thread * height * newRow) << 2);

  const end = share(batch, thread + 1, threads);
  for (let picture = share(batch, thread, threads); picture < end; picture++) {
    let x = pointer(args, 0) + (<usize>(picture * height * width * channels) << 2);
    let row = rows;
    for (let h = 0; h < height; h++) {
      resizeRow(args, x, row, width, newWidth, channels);
      x += <usize>(width * channels) << 2;
      row += <usize>newRow << 2;
    }
    const y = pointer(args, 1) + (<usize>(picture * newHeight * newRow) << 2);
    resizeColumns(args, rows, y, height, newHeight, newRow);
  }
}

function resizeRow(args: usize, x: usize, y: usize, from: i32, to: i32, channels: i32): void {
  const taps = int(args, 9);
  const firsts = pointer(args, 10);
  let coefficients = pointer(args, 11);
  for (let i = 0; i < to; i++, coefficients += <usize>taps << 2) {
    const first = load<i32>(firsts + (<usize>i << 2));
    const count = min(taps, from - first); // the taps beyond the border have coefficient 0
    for (let c = 0; c < channels; c++, y += 4) {
      let sum = HALF;
      for (let t = 0; t < count; t++) {
        const pixel = load<i32>(x + (<usize>((first + t) * channels + c) << 2));
        sum += pixel * load<i32>(coefficients + (<usize>t << 2));
      }
      store<i32>(y, min(max(sum >> BITS, 0), 255));
    }
  }
}

function resizeColumns(args: usize, x: usize, y: usize, from: i32, to: i32, rowValues: i32): void {
  const taps = int(args, 12);
  const firsts = pointer(args, 13);
  let coefficients = pointer(args, 14);
  const rowBytes = <usize>rowValues << 2;
  const vectors = rowBytes & ~15;
  const zero = i32x4.splat(0);
  const largest = i32x4.splat(255);
  for (let i = 0; i < to; i++, coefficients += <usize>taps << 2, y += rowBytes) {
    const first = load<i32>(firsts + (<usize>i << 2));
    const count = min(taps, from - first);
    const start = x + <usize>first * rowBytes;
    for (let c: usize = 0; c < vectors; c += 16) {
      let sum = i32x4.splat(HALF);
      let pixel = start + c;
      for (let t = 0; t < count; t++, pixel += rowBytes) {
        const coefficient = i32x4.splat(load<i32>(coefficients + (<usize>t << 2)));
        sum = i32x4.add(sum, i32x4.mul(v128.load(pixel), coefficient));
      }
      v128.store(y + c, i32x4.min_s(i32x4.max_s(i32x4.shr_s(sum, BITS), zero), largest));
    }
    for (let c = vectors; c < rowBytes; c += 4) {
      let sum = HALF;
      let pixel = start + c;
      for (let t = 0; t < count; t++, pixel += rowBytes) {
        sum += load<i32>(pixel) * load<i32>(coefficients + (<usize>t << 2));
      }
      store<i32>(y + c, min(max(sum >> BITS, 0), 255));
    }
  }
}

/**
 * y = (x / 255 - mean) / standardDeviation for int32 pictures x [pixels, C].
 * Arguments: x, y, means and standard deviations (each repeated 4 times: [4, C], so that vectors fit), pixels, C.
 */
export function pictureToFloat(args: usize, thread: i32, threads: i32): void {
  const x = pointer(args, 0);
  const y = pointer(args, 1);
  const means = pointer(args, 2);
  const deviations = pointer(args, 3);
  const pixels = int(args, 4);
  const blockBytes = <usize>int(args, 5) << 4; // 4 pixels of C values
  const largest = f32x4.splat(255);

  const blocks = pixels >> 2;
  const end = <usize>share(blocks, thread + 1, threads) * blockBytes;
  for (let block = <usize>share(blocks, thread, threads) * blockBytes; block < end; block += blockBytes) {
    for (let c: usize = 0; c < blockBytes; c += 16) {
      const share = f32x4.div(f32x4.convert_i32x4_s(v128.load(x + block + c)), largest);
      v128.store(y + block + c, f32x4.div(f32x4.sub(share, v128.load(means + c)), v128.load(deviations + c)));
    }
  }
  if (thread != threads - 1) return;
  const start = <usize>blocks * blockBytes;
  const restBytes = <usize>(pixels & 3) * (blockBytes >> 2);
  for (let c: usize = 0; c < restBytes; c += 4) {
    const share = <f32>load<i32>(x + start + c) / 255;
    store<f32>(y + start + c, (share - load<f32>(means + c)) / load<f32>(deviations + c));
  }
}
