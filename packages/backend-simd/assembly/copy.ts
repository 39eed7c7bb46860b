/** Copies `count` floats. */
// @ts-ignore: decorator
@inline
export function copyFloats(to: usize, from: usize, count: i32): void {
  const end = to + (<usize>count << 2);
  for (; to + 64 <= end; to += 64, from += 64) {
    const a = v128.load(from);
    const b = v128.load(from, 16);
    const c = v128.load(from, 32);
    const d = v128.load(from, 48);
    v128.store(to, a);
    v128.store(to, b, 16);
    v128.store(to, c, 32);
    v128.store(to, d, 48);
  }
  for (; to + 16 <= end; to += 16, from += 16) v128.store(to, v128.load(from));
  for (; to < end; to += 4, from += 4) store<f32>(to, load<f32>(from));
}

/** Sets `count` floats to zero; returns where they end. */
// @ts-ignore: decorator
@inline
export function zeroFloats(to: usize, count: i32): usize {
  const end = to + (<usize>count << 2);
  for (; to + 16 <= end; to += 16) v128.store(to, i32x4.splat(0));
  for (; to < end; to += 4) store<f32>(to, 0);
  return end;
}

/**
 * Copies a window of an NHWC picture, with zeros where it lies outside: [height, width, toPixel] without gaps.
 *
 * @param from the picture's first float (of the channels wanted)
 * @param pixel floats from one pixel of the picture to the next
 * @param top, left where the window starts; negative: above or left of the picture
 * @param channels how many floats of each pixel to copy
 * @param toPixel floats from one pixel of the copy to the next
 */
export function copyWindow(
  to: usize,
  from: usize,
  pictureHeight: i32,
  pictureWidth: i32,
  pixel: i32,
  top: i32,
  left: i32,
  height: i32,
  width: i32,
  channels: i32,
  toPixel: i32,
): void {
  const before = min(max(-left, 0), width);
  const inside = max(min(left + width, pictureWidth) - max(left, 0), 0);
  const after = width - before - inside;
  const first = max(left, 0);
  for (let y = 0; y < height; y++) {
    const row = top + y;
    if (row < 0 || row >= pictureHeight || inside == 0) {
      to = zeroFloats(to, width * toPixel);
      continue;
    }
    to = zeroFloats(to, before * toPixel);
    let source = from + (<usize>((row * pictureWidth + first) * pixel) << 2);
    if (pixel == channels && toPixel == channels) {
      copyFloats(to, source, inside * channels);
      to += <usize>(inside * channels) << 2;
    } else {
      for (let x = 0; x < inside; x++) {
        copyFloats(to, source, channels);
        to += <usize>toPixel << 2;
        source += <usize>pixel << 2;
      }
    }
    to = zeroFloats(to, after * toPixel);
  }
}
