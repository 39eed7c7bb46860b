import type { PassedOver } from '@residual/data';
import { PACK_PARTS, type PackPart, type Stamp } from '../pack/packIndex.js';
import { Texts } from '../pack/texts.js';
import type { Files } from './files.js';

/** Which files are pictures of which class, before any is read. */
export interface Listing {
  /** In the order of their numbers. */
  readonly classNames: readonly string[];
  readonly pictures: ListedPictures;
  readonly passedOver: readonly PassedOver[];
}

/** A listing's files, and by what each is known. */
export interface Stamped {
  readonly files: Files;
  readonly listing: Listing;
  /** One for each of the listing's pictures. */
  readonly stamps: Stamps;
}

export interface ListedPicture {
  readonly path: string;
  readonly label: number;
  /** `''` is left to the split: either all are, or none. */
  readonly part: PackPart;
}

/** The pictures of a listing, some 30 bytes each: there may be very many, and each is asked for a few times only. */
export class ListedPictures {
  readonly length: number;
  readonly #paths: Texts;
  readonly #labels: Uint32Array;
  readonly #parts: Uint8Array;

  /** @param length how many there are in `pictures` */
  constructor(length: number, pictures: Iterable<ListedPicture>) {
    this.length = length;
    this.#paths = new Texts(new Uint32Array(length));
    this.#labels = new Uint32Array(length);
    this.#parts = new Uint8Array(length);
    let i = 0;
    for (const { path, label, part } of pictures) {
      this.#paths.set(i, path);
      this.#labels[i] = label;
      this.#parts[i] = PACK_PARTS.indexOf(part);
      i++;
    }
  }

  at(i: number): ListedPicture {
    return { path: this.path(i), label: this.#labels[i]!, part: PACK_PARTS[this.#parts[i]!]! };
  }

  path(i: number): string {
    return this.#paths.at(i);
  }
}

/** The stamps of a listing's files, 16 bytes each. */
export class Stamps {
  readonly #bytes: Float64Array;
  readonly #modified: Float64Array;

  constructor(length: number) {
    this.#bytes = new Float64Array(length);
    this.#modified = new Float64Array(length);
  }

  at(i: number): Stamp {
    return { bytes: this.#bytes[i]!, modified: this.#modified[i]! };
  }

  set(i: number, { bytes, modified }: Stamp): void {
    this.#bytes[i] = bytes;
    this.#modified[i] = modified;
  }
}
