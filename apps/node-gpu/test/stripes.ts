import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';

/** Colour, neither square nor of ten classes: what no data set of ours is. */
export const [HEIGHT, WIDTH, CLASSES] = [40, 24, 13] as const;
const CHANNELS = 3;
const BYTES = HEIGHT * WIDTH * CHANNELS;

/** A picture of a class, whose colours tell which. */
function picture(label: number): Uint8Array {
  return Uint8Array.from({ length: BYTES }, (_, at) => {
    const stripe = Math.floor(at / (WIDTH * CHANNELS)) % (2 + label) === 0 ? 200 : 40;
    return (stripe + label * 17 * ((at % CHANNELS) + 1)) % 256;
  });
}

function idx(dimensions: readonly number[], data: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 8, dimensions.length]);
  dimensions.forEach((dimension, i) => {
    header.writeUInt32BE(dimension, 4 + 4 * i);
  });
  return Buffer.concat([header, data]);
}

/** Writes the four IDX files of a set of stripes into a folder. */
export function writeStripes(folder: string, counts = { train: 52, t10k: 26 }): void {
  mkdirSync(folder, { recursive: true });
  for (const [part, count] of Object.entries(counts)) {
    const labels = Uint8Array.from({ length: count }, (_, i) => i % CLASSES);
    const images = Buffer.concat(Array.from(labels, picture));
    const shape = [count, HEIGHT, WIDTH, CHANNELS];
    writeFileSync(join(folder, `${part}-images-idx4-ubyte`), idx(shape, images));
    writeFileSync(join(folder, `${part}-labels-idx1-ubyte`), idx([count], labels));
  }
}

/** Writes a picture of a class as a PNG, in the set's size or another. */
export async function writePng(file: string, label: number, scale = 1): Promise<void> {
  const raw = { width: WIDTH, height: HEIGHT, channels: 3 as const };
  const size = [WIDTH * scale, HEIGHT * scale] as const;
  await sharp(picture(label), { raw })
    .resize(...size, { fit: 'fill', kernel: 'nearest' })
    .png()
    .toFile(file);
}
