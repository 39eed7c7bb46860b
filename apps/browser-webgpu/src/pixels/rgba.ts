/**
 * Pixels as canvases take them.
 *
 * @param pixels `count` * C bytes: C is 1, grey, or 3: red, green and blue
 * @param alpha How opaque each pixel is. Default: all are.
 * @returns `count` * 4 bytes
 */
export function rgbaOf(
  pixels: Uint8Array,
  count: number,
  alpha?: Uint8Array,
): Uint8ClampedArray<ArrayBuffer> {
  const words = new DataView(new ArrayBuffer(4 * count));
  const isGrey = pixels.length === count;
  for (let pixel = 0; pixel < count; pixel++) {
    const color = isGrey ? 0x10101 * pixels[pixel]! : colorAt(pixels, 3 * pixel);
    words.setUint32(4 * pixel, 0x100 * color + (alpha?.[pixel] ?? 255));
  }
  return new Uint8ClampedArray(words.buffer);
}

function colorAt(pixels: Uint8Array, at: number): number {
  return 0x10000 * pixels[at]! + 0x100 * pixels[at + 1]! + pixels[at + 2]!;
}
