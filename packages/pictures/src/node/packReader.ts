import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  DataError,
  newLabels,
  type PictureOrigin,
  type PictureSource,
  type RawPicture,
  type Step,
} from '@residual/data';
import { HASH_BYTES, type PackIndex } from '../pack/packIndex.js';
import { startsOpaque, storedForm } from '../pack/storedForm.js';
import type { Texts } from '../pack/texts.js';
import { decodePicture } from './decode.js';
import type { Files } from './files.js';
import { inTurns } from './inTurns.js';
import type { Packed } from './packing.js';
import { PackPictures } from './packPictures.js';

/** Reads pictures as they are kept: from their pack, or from their files where there is none, to the same bytes. */
export class PackReader {
  readonly #files: Files;
  /** Of each picture; the index itself, which has more, is not kept. */
  readonly #paths: Texts;
  readonly #sha256: Uint8Array;
  readonly #widths: Uint32Array;
  readonly #heights: Uint32Array;
  readonly #steps: readonly Step[];
  readonly #pack: Packed['pack'];
  readonly #pictures: PackPictures | undefined;
  readonly #stored: ReturnType<typeof storedForm>;
  readonly #onRemark: (sentence: string) => void;

  constructor({
    files,
    index,
    pack,
    steps,
    onRemark,
  }: Packed & { files: Files; steps: readonly Step[]; onRemark: (sentence: string) => void }) {
    this.#files = files;
    const { length, columns } = index;
    this.#paths = index.paths.first(length);
    this.#sha256 = columns.sha256.slice(0, length * HASH_BYTES);
    this.#widths = columns.originalWidth.slice(0, length);
    this.#heights = columns.originalHeight.slice(0, length);
    this.#pack = pack;
    this.#pictures = pack && new PackPictures(pack.file, index);
    this.#steps = steps;
    this.#stored = storedForm(steps);
    this.#onRemark = onRemark;
  }

  /** Some of the pictures, by their places in the index that this was made of; undefined for none. */
  source(name: string, index: PackIndex, found: readonly number[]): PictureSource | undefined {
    if (found.length === 0) return undefined;
    const { classNames } = index.head;
    const places = Uint32Array.from(found);
    const labels = newLabels(classNames.length, places.length);
    labels.set(found.map((i) => index.label(i)));
    return {
      name,
      length: places.length,
      labels,
      classNames,
      steps: this.#steps,
      read: (indices) => this.#read(indices.map((i) => places[i]!)),
      origin: (at) => this.#origin(places[at]!),
    };
  }

  #origin(i: number): PictureOrigin {
    const sha256 = Buffer.from(this.#sha256Of(i)).toString('hex');
    return { path: this.#paths.at(i), sha256, width: this.#widths[i]!, height: this.#heights[i]! };
  }

  #sha256Of(i: number): Uint8Array {
    return this.#sha256.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES);
  }

  async #read(places: Uint32Array): Promise<RawPicture[]> {
    const read: (RawPicture | undefined)[] =
      (await this.#pictures?.read(places)) ?? new Array(places.length).fill(undefined);
    await inTurns(read.length, async (i) => {
      read[i] ??= await this.#fromFile(places[i]!);
    });
    return read as RawPicture[];
  }

  /** A picture from its own file, where the pack has none, or not as it was packed: then it's put right there. */
  async #fromFile(i: number): Promise<RawPicture> {
    const path = this.#paths.at(i);
    const where = `${this.#files.where}: ${path}`;
    const bytes = await this.#files.read(path);
    if (!createHash('sha256').update(bytes).digest().equals(this.#sha256Of(i))) {
      throw new DataError('MISMATCH', {
        where,
        expected: 'the picture as it was when it was decoded first',
        received: 'one that has changed since',
        fix: 'Leave the pictures alone while they are in use, and begin again.',
      });
    }
    const picture = this.#stored(
      await decodePicture(bytes, { where, withoutAlpha: startsOpaque(this.#steps), ...this.#files.limits }),
    );
    if (this.#pictures !== undefined) await this.#repair(i, picture, path);
    return picture;
  }

  async #repair(i: number, { data }: RawPicture, path: string): Promise<void> {
    const isRight = crc32(data) === this.#pictures!.crc32(i);
    const written = isRight
      ? await this.#pack!.file.repair(this.#pictures!.position(i), data).catch((error) => error)
      : new Error('it is decoded to other bytes now');
    const outcome =
      written === undefined
        ? 'and put right in the pack'
        : `but the pack stays as it is (${written.message})`;
    this.#onRemark(`${this.#pack!.path} is damaged: ${path} was taken from its own file again, ${outcome}.`);
  }
}
