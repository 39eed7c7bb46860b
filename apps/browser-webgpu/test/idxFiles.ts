import { gzipSync } from 'node:zlib';

/** An IDX file of unsigned bytes. */
export function idx(dimensions: number[], data: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.set([0, 0, 8, dimensions.length]);
  dimensions.forEach((dimension, i) => {
    header.writeUInt32BE(dimension, 4 + 4 * i);
  });
  return Buffer.concat([header, data]);
}

/** Files by name. */
export type Files = Record<string, Buffer>;

const SIDE = 28;

/** Grey pictures of ten classes that are easy to tell apart: a bright bar, the lower the higher its class. */
export function bars(part: 'train' | 't10k', count: number): Files {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 10);
  const images = new Uint8Array(count * SIDE * SIDE);
  labels.forEach((label, i) => {
    const top = i * SIDE * SIDE + (2 * label + 4) * SIDE;
    images.fill(150 + (i % 100), top, top + 3 * SIDE);
  });
  return {
    [`${part}-images-idx3-ubyte.gz`]: gzipSync(idx([count, SIDE, SIDE], images)),
    [`${part}-labels-idx1-ubyte`]: idx([count], labels),
  };
}

/** The colours of the flags' stripes, red, green and blue. */
const STRIPES = [
  [220, 40, 40],
  [40, 90, 220],
  [240, 210, 60],
  [30, 160, 80],
] as const;

/** Coloured pictures, 40 high and 24 wide, of 13 classes: flags of three stripes. */
export function flags(part: 'train' | 't10k', count: number): Files {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 13);
  const images = Uint8Array.from({ length: count * 40 * 24 * 3 }, (_, at) => {
    const label = labels[Math.floor(at / (40 * 24 * 3))]!;
    const stripe = Math.floor((3 * (Math.floor(at / (24 * 3)) % 40)) / 40);
    const which = Math.floor((label + 3) / 4 ** stripe) % 4;
    return STRIPES[which]![at % 3]! - (Math.floor(at / 3) % 7);
  });
  return {
    [`${part}-images-idx4-ubyte`]: idx([count, 40, 24, 3], images),
    [`${part}-labels-idx1-ubyte`]: idx([count], labels),
  };
}
