import type { RawPicture } from '@residual/data';
import { latin, tiffTags } from './fileKinds.js';

/** Of the extended format's header (VP8X), which alone has metadata: where its flags lie, and which of them is EXIF's. */
const FLAGS = 20;
const EXIF = 8;
/** EXIF 2.32, table 4. */
const ORIENTATION = 274;

/**
 * A WebP without its EXIF, and the orientation that this said, 1 to 8: Chromium leaves it alone, and other browsers may not. Any other file
 * as it is.
 *
 * Source: RFC 9649, section 2.
 */
export async function webpWithoutOrientation(file: Blob): Promise<{ file: Blob; orientation: number }> {
  const start = new Uint8Array(await file.slice(0, FLAGS + 1).arrayBuffer());
  const asItIs = { file, orientation: 1 };
  if (latin(start, 8, 16) !== 'WEBPVP8X' || (start[FLAGS]! & EXIF) === 0) return asItIs;
  const bytes = new Uint8Array(await file.arrayBuffer());
  const view = new DataView(bytes.buffer);
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (latin(bytes, at, at + 4) === 'EXIF') {
      const orientation = orientationIn(bytes.subarray(at + 8, at + 8 + size));
      bytes[FLAGS]! ^= EXIF;
      bytes.fill(0x20, at, at + 4); // a chunk of no known name is passed over
      return { file: new Blob([bytes]), orientation };
    }
    at += 8 + size + (size % 2);
  }
  return asItIs;
}

function orientationIn(exif: Uint8Array): number {
  const tiff = latin(exif, 0, 4) === 'Exif' ? exif.subarray(6) : exif; // some write JPEG's prefix
  if (tiff.length < 8) return 1;
  const isLittle = latin(tiff, 0, 2) === 'II';
  const found = tiffTags(tiff, isLittle).get(ORIENTATION) ?? 1;
  const value = isLittle ? found & 0xffff : found >>> 16; // two bytes, the first of four
  return value >= 1 && value <= 8 ? value : 1;
}

/** An RGBA picture as one is to see it that is stored in this orientation. */
export function upright({ data, width, height }: RawPicture, orientation: number): RawPicture {
  if (orientation === 1) return { data, width, height };
  const isTurned = orientation >= 5;
  const [newWidth, newHeight] = isTurned ? [height, width] : [width, height];
  const [flipsX, flipsY] = [
    [2, 3, 6, 7],
    [3, 4, 7, 8],
  ].map((some) => some.includes(orientation));
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height);
  const turned = new Uint32Array(pixels.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [across, down] = isTurned ? [y, x] : [x, y];
      const newX = flipsX ? newWidth - 1 - across : across;
      const newY = flipsY ? newHeight - 1 - down : down;
      turned[newY * newWidth + newX] = pixels[y * width + x]!;
    }
  }
  return { data: new Uint8Array(turned.buffer), width: newWidth, height: newHeight };
}
