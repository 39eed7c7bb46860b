import { createHash } from 'node:crypto';
import { type Normalize, normalizationOfMoments, type RawPicture } from '@residual/data';
import { type Background, toColor } from '../grey.js';
import { decodePicture } from './decode.js';
import type { Files } from './files.js';
import type { PictureNote } from './notes.js';

const HASH = 32; // bytes of SHA-256
const MOMENTS = 6; // mean levels of red, green and blue, then the means of their squares

/** What is known of pictures after each was decoded once, at their numbers: under a hundred bytes a picture. */
export class PictureFacts {
  /** Width and height, of each in turn. */
  readonly #sizes: Uint32Array;
  readonly #moments: Float64Array;
  /** SHA-256 of the files. */
  readonly #hashes: Uint8Array;
  /** Of the few pictures that have any. */
  readonly #notes = new Map<number, readonly PictureNote[]>();

  /** @param background What lies behind transparent pixels, as in the steps `color` and `grey`. */
  constructor(
    count: number,
    readonly background: Background,
  ) {
    this.#sizes = new Uint32Array(count * 2);
    this.#moments = new Float64Array(count * MOMENTS);
    this.#hashes = new Uint8Array(count * HASH);
  }

  /** @throws what reading and decoding the file throw. */
  async read(picture: number, files: Files, path: string): Promise<void> {
    const bytes = await files.read(path);
    const decoded = await decodePicture(bytes, { where: path, ...files.limits });
    this.#sizes.set([decoded.width, decoded.height], picture * 2);
    this.#moments.set(momentsOf(toColor(decoded, this.background)), picture * MOMENTS);
    if (decoded.notes.length > 0) this.#notes.set(picture, decoded.notes);
    this.#hashes.set(createHash('sha256').update(bytes).digest(), picture * HASH);
  }

  notes(picture: number): readonly PictureNote[] {
    return this.#notes.get(picture) ?? [];
  }

  /** SHA-256 of a picture's file. */
  hash(picture: number): Uint8Array {
    return this.#hashes.subarray(picture * HASH, (picture + 1) * HASH);
  }

  /** SHA-256 of a picture's file in hexadecimal digits, and the picture's size in pixels. */
  file(picture: number): { sha256: string; width: number; height: number } {
    const [width, height] = this.#sizes.subarray(picture * 2, picture * 2 + 2);
    return { sha256: Buffer.from(this.hash(picture)).toString('hex'), width: width!, height: height! };
  }

  /** Each picture counts the same, whatever its size; summed in order, so that the result is always the same. */
  normalization(pictures: readonly number[], channels: 1 | 3): Normalize {
    const means = Array.from({ length: MOMENTS }, (_, i) => {
      const sum = pictures.reduce((total, picture) => total + this.#moments[picture * MOMENTS + i]!, 0);
      return sum / pictures.length;
    });
    return normalizationOfMoments(means.slice(0, channels), means.slice(3, 3 + channels));
  }
}

function momentsOf({ data }: RawPicture): Float64Array {
  const sums = new Float64Array(MOMENTS);
  for (let at = 0; at < data.length; at += 3) {
    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
    sums[0]! += red;
    sums[1]! += green;
    sums[2]! += blue;
    sums[3]! += red * red;
    sums[4]! += green * green;
    sums[5]! += blue * blue;
  }
  return sums.map((sum) => sum / (data.length / 3));
}
