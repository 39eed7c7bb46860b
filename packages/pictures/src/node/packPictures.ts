import { crc32 } from 'node:zlib';
import type { RawPicture } from '@residual/data';

import { HEADER_BYTES, type PackBytes } from '../pack/packFormat.js';
import type { PackIndex } from '../pack/packIndex.js';

/** Of one read, unless a single picture has more. */
const MOST_BYTES = 4 * 2 ** 20;

/** Where pictures lie in a pack, and how large they are: some 20 bytes a picture. */
export class PackPictures {
  readonly length: number;
  readonly #bytes: PackBytes;
  readonly #positions: Float64Array;
  readonly #widths: Uint32Array;
  readonly #heights: Uint32Array;
  readonly #checksums: Uint32Array;

  /** @param index what `readPackIndex` found in `bytes`: it need not be kept for this */
  constructor(bytes: PackBytes, index: PackIndex) {
    const { length, columns } = index;
    this.length = length;
    this.#bytes = bytes;
    this.#positions = new Float64Array(length + 1);
    this.#positions[0] = HEADER_BYTES;
    for (let i = 0; i < length; i++) this.#positions[i + 1] = this.#positions[i]! + index.pixels(i);
    this.#widths = columns.width.slice(0, length);
    this.#heights = columns.height.slice(0, length);
    this.#checksums = columns.crc32.slice(0, length);
  }

  /**
   * These pictures, in the order asked for; those that lie side by side are read at once.
   *
   * @returns undefined in place of one whose bytes are not those that were packed
   */
  async read(indices: ArrayLike<number>): Promise<(RawPicture | undefined)[]> {
    const pictures = new Array<RawPicture | undefined>(indices.length);
    const order = Uint32Array.from({ length: indices.length }, (_, i) => i);
    order.sort((a, b) => indices[a]! - indices[b]!);
    for (let start = 0; start < order.length; ) {
      const begin = this.position(indices[order[start]!]!);
      let stop = start + 1;
      let end = this.position(indices[order[start]!]! + 1);
      while (stop < order.length) {
        const next = indices[order[stop]!]!;
        const nextEnd = this.position(next + 1);
        if (this.position(next) > end || nextEnd - begin > MOST_BYTES) break;
        end = Math.max(end, nextEnd);
        stop++;
      }
      const bytes = await this.#bytes.read(begin, end - begin).catch(() => undefined); // cut off since it was opened
      for (const place of order.subarray(start, stop)) {
        pictures[place] = bytes && this.#pictureIn(bytes, begin, indices[place]!);
      }
      start = stop;
    }
    return pictures;
  }

  /** Where picture `i` begins in the file; where the last one ends, for their number. */
  position(i: number): number {
    return this.#positions[i]!;
  }

  /** Of picture `i` as it was packed. */
  crc32(i: number): number {
    return this.#checksums[i]!;
  }

  #pictureIn(bytes: Uint8Array, begin: number, i: number): RawPicture | undefined {
    const data = bytes.subarray(this.position(i) - begin, this.position(i + 1) - begin);
    if (crc32(data) !== this.#checksums[i]) return undefined;
    return { data, width: this.#widths[i]!, height: this.#heights[i]! };
  }
}
