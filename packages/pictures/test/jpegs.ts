import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniforms } from '@residual/random';
import { decodePlainJpeg, plainJpegRoom } from '../src/node/plainJpeg.js';

const folder = join(import.meta.dirname, '..', 'fixtures', 'jpegs');

/** Plain JPEGs that tooling/fixtures/jpegs.py has written. */
export const plainJpegs: readonly (readonly [name: string, bytes: Uint8Array])[] = readdirSync(folder).map(
  (name) => [name, new Uint8Array(readFileSync(join(folder, name)))],
);

/** A copy of what the decoder gives; undefined where it leaves a file to another. */
export function plain(bytes: Uint8Array): { data: Uint8Array; width: number; height: number } | undefined {
  const room = plainJpegRoom(bytes.length)!;
  room.set(bytes);
  const picture = decodePlainJpeg(room);
  return picture && { ...picture, data: Uint8Array.from(picture.data) };
}

/** So many copies, each with a byte changed, a bit turned, a piece cut out or doubled, or its end missing. */
export function* damaged(bytes: Uint8Array, count: number, seed: number): Generator<Uint8Array> {
  const draws = uniforms({ seed, purpose: 'damage' }, 2 * count);
  for (let i = 0; i < count; i++) {
    const at = Math.floor(draws[2 * i]! * bytes.length);
    const level = Math.floor(256 * draws[2 * i + 1]!);
    const copy = Uint8Array.from(bytes);
    if (i % 4 === 0) copy[at] = level;
    if (i % 4 === 1) copy[at]! ^= 1 << (level & 7);
    if (i % 4 === 2) yield copy.subarray(0, at);
    else if (i % 4 === 3) yield Buffer.concat([copy.subarray(0, at), copy.subarray(at + (level % 3) - 1)]);
    else yield copy;
  }
}
