import type { Fingerprint, Part, PassedOver, RawPicture, Survey, Task } from '@residual/data';
import { Texts } from './texts.js';

/** Which part of the data a source says that a picture belongs to; `''` where it leaves that to the split. */
export type PackPart = '' | Part;

export const PACK_PARTS: readonly PackPart[] = ['', 'train', 'validation', 'test'];

/** What is worth saying of a picture although it was decoded. */
export type PictureNote =
  /** Its first frame was taken. */
  | 'animated'
  /** 16 bits a channel, of which no value reaches 4,096: the high bytes leave 16 levels at most. */
  | 'dark 16 bit';

const NOTES: readonly PictureNote[] = ['animated', 'dark 16 bit'];

/** What a pack says of all its pictures. */
export interface PackHead {
  readonly classNames: readonly string[];
  /** How the pictures were made to be packed: a task with other steps packs anew. */
  readonly picture: Task['picture'];
  readonly steps: Task['steps'];
  /** The program that decoded them, with its version: another may give a JPEG other bytes. */
  readonly decoder: string;
  /** What the pictures were not to exceed; what does is `broken`. */
  readonly limits: { readonly maxPixels: number; readonly maxBytes: number; readonly seconds: number };
  readonly survey: Survey;
  /** Files that are no pictures: `at` is a file's place among all, `stamp` as of `PackEntry`. */
  readonly broken: readonly (PassedOver & { readonly at: number; readonly stamp: Stamp })[];
}

/** By what a file is known to be the same one without being read. */
export interface Stamp {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** What a pack says of one picture, and its pixels. */
export interface PackEntry {
  /** Of its file, in the source. */
  readonly path: string;
  readonly stamp: Stamp;
  readonly sha256: Uint8Array;
  readonly label: number;
  readonly part: PackPart;
  /** Upright, in pixels. */
  readonly originalWidth: number;
  readonly originalHeight: number;
  /** What is kept of it. */
  readonly isGrey: boolean;
  readonly notes: readonly PictureNote[];
  /** Mean levels of red, green and blue, then the means of their squares. */
  readonly moments: ArrayLike<number>;
  readonly fingerprint: Fingerprint;
  /** Of the pixels that are kept. */
  readonly crc32: number;
  readonly picture: Pick<RawPicture, 'width' | 'height'> & { readonly channels: number };
}

export const HASH_BYTES = 32;
export const MOMENTS = 6;
const FINGERPRINT_BYTES = 64;

/**
 * The columns of an index: a number for each picture, or several. In the order in which files hold them, the widest numbers first,
 * so that each column lies where its type can read it.
 */
export const COLUMNS = {
  modified: { type: Float64Array, each: 1 },
  bytes: { type: Float64Array, each: 1 },
  moments: { type: Float64Array, each: MOMENTS },
  crc32: { type: Uint32Array, each: 1 },
  label: { type: Uint32Array, each: 1 },
  width: { type: Uint32Array, each: 1 },
  height: { type: Uint32Array, each: 1 },
  originalWidth: { type: Uint32Array, each: 1 },
  originalHeight: { type: Uint32Array, each: 1 },
  /** Where its path ends among all paths' bytes. */
  pathEnd: { type: Uint32Array, each: 1 },
  sha256: { type: Uint8Array, each: HASH_BYTES },
  fingerprint: { type: Uint8Array, each: FINGERPRINT_BYTES },
  channels: { type: Uint8Array, each: 1 },
  part: { type: Uint8Array, each: 1 },
  /** Bit 0: it is grey; from bit 1 on, `NOTES`. */
  flags: { type: Uint8Array, each: 1 },
} as const;

export type Columns = {
  -readonly [Name in keyof typeof COLUMNS]: InstanceType<(typeof COLUMNS)[Name]['type']>;
};

/** What is known of a pack's pictures, in the order in which they lie in the file: some 230 bytes a picture, in typed arrays. */
export class PackIndex {
  readonly head: PackHead;
  readonly columns: Columns;
  readonly paths: Texts;
  #length: number;

  /**
   * @param columns with room for as many pictures as `add` will be given, or all of `length` pictures
   * @param paths the bytes of all paths, one after another
   */
  constructor(head: PackHead, columns: Columns, paths: Uint8Array | undefined, length: number) {
    this.head = head;
    this.columns = columns;
    this.paths = new Texts(columns.pathEnd, paths);
    this.#length = length;
  }

  get length(): number {
    return this.#length;
  }

  add(entry: PackEntry): void {
    const { columns } = this;
    const i = this.#length++;
    columns.modified[i] = entry.stamp.modified;
    columns.bytes[i] = entry.stamp.bytes;
    columns.moments.set(entry.moments, i * MOMENTS);
    columns.crc32[i] = entry.crc32;
    columns.label[i] = entry.label;
    columns.width[i] = entry.picture.width;
    columns.height[i] = entry.picture.height;
    columns.originalWidth[i] = entry.originalWidth;
    columns.originalHeight[i] = entry.originalHeight;
    columns.sha256.set(entry.sha256, i * HASH_BYTES);
    columns.fingerprint.set(entry.fingerprint, i * FINGERPRINT_BYTES);
    columns.channels[i] = entry.picture.channels;
    columns.part[i] = PACK_PARTS.indexOf(entry.part);
    columns.flags[i] = entry.notes.reduce(
      (flags, note) => flags | (2 << NOTES.indexOf(note)),
      entry.isGrey ? 1 : 0,
    );
    this.paths.set(i, entry.path);
  }

  /** What `add` was told, in its order. */
  entry(i: number): PackEntry {
    const { columns } = this;
    return {
      path: this.path(i),
      stamp: this.stamp(i),
      sha256: this.sha256(i),
      label: this.label(i),
      part: this.part(i),
      originalWidth: columns.originalWidth[i]!,
      originalHeight: columns.originalHeight[i]!,
      isGrey: (columns.flags[i]! & 1) !== 0,
      notes: this.notes(i),
      moments: this.moments(i),
      fingerprint: this.fingerprint(i),
      crc32: columns.crc32[i]!,
      picture: { width: columns.width[i]!, height: columns.height[i]!, channels: columns.channels[i]! },
    };
  }

  path(i: number): string {
    return this.paths.at(i);
  }

  stamp(i: number): Stamp {
    return { bytes: this.columns.bytes[i]!, modified: this.columns.modified[i]! };
  }

  label(i: number): number {
    return this.columns.label[i]!;
  }

  part(i: number): PackPart {
    return PACK_PARTS[this.columns.part[i]!]!;
  }

  /** Quicker than to ask for them: few pictures do. */
  hasNotes(i: number): boolean {
    return this.columns.flags[i]! > 1;
  }

  notes(i: number): readonly PictureNote[] {
    return NOTES.filter((_, bit) => (this.columns.flags[i]! & (2 << bit)) !== 0);
  }

  sha256(i: number): Uint8Array {
    return this.columns.sha256.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
  }

  fingerprint(i: number): Fingerprint {
    return this.columns.fingerprint.subarray(i * FINGERPRINT_BYTES, (i + 1) * FINGERPRINT_BYTES);
  }

  moments(i: number): Float64Array {
    return this.columns.moments.subarray(i * MOMENTS, (i + 1) * MOMENTS);
  }

  /** The bytes of a picture's pixels. */
  pixels(i: number): number {
    const { width, height, channels } = this.columns;
    return width[i]! * height[i]! * channels[i]!;
  }
}

/** An index without pictures, with room for some. */
export function emptyIndex(head: PackHead, room: number): PackIndex {
  const columns = Object.fromEntries(
    Object.entries(COLUMNS).map(([name, { type: Type, each }]) => [name, new Type(room * each)]),
  ) as unknown as Columns;
  return new PackIndex(head, columns, undefined, 0);
}
