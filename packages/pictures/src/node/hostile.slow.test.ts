import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesFolder } from '../../test/files.js';
import { decodePicture } from './decode.js';
import { pictureHeader } from './header.js';

const MEGABYTE = 2 ** 20;
const files = readdirSync(filesFolder)
  .filter((name) => !name.endsWith('.json'))
  .map((name) => ({ name, bytes: readFileSync(join(filesFolder, name)) }));

/** Whole numbers below a limit, always the same ones. */
function numbers(seed: number): (below: number) => number {
  let value = seed;
  return (below) => {
    value = (Math.imul(value, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((value / 2 ** 32) * below);
  };
}

/** The file with a few bytes changed, left out, doubled, or put in from another file. */
function mutated(bytes: Buffer, other: Buffer, below: (limit: number) => number): Buffer {
  let file = Buffer.from(bytes);
  for (let times = 1 + below(4); times > 0; times--) {
    const at = below(file.length);
    const length = 1 + below(Math.min(40, file.length - at));
    const piece = file.subarray(at, at + length);
    const rest = [file.subarray(0, at), file.subarray(at + length)] as const;
    const changes = [
      () => Buffer.concat([rest[0], Buffer.from(piece).map(() => below(256)), rest[1]]),
      () => Buffer.concat([rest[0], Buffer.alloc(length, below(2) * 255), rest[1]]),
      () => Buffer.concat([rest[0], rest[1]]),
      () => Buffer.concat([rest[0], piece, piece, rest[1]]),
      () => Buffer.concat([rest[0], other.subarray(below(other.length)), rest[1]]),
      () => file.subarray(0, at),
      () => Buffer.concat([rest[0], Buffer.of(piece[0]! ^ (1 << below(8))), file.subarray(at + 1)]),
    ];
    file = changes[below(changes.length)]!();
    if (file.length === 0) break;
  }
  return file;
}

describe('decodePicture', () => {
  // This process is vitest's own for this file: a crash fails the test.
  it('143 gives pixels or refuses 2,000 files with random damage, and neither crashes nor hangs', async () => {
    const below = numbers(1);
    let decoded = 0;
    for (let i = 0; i < 2000; i++) {
      const { name, bytes } = files[i % files.length]!;
      const file = mutated(bytes, files[below(files.length)]!.bytes, below);
      for (const read of [pictureHeader, decodePicture]) {
        try {
          const { width, height, ...more } = await read(file, {
            where: `${i}, made of ${name}`,
            seconds: 10,
          } as object);
          expect(width * height).toBeGreaterThan(0);
          if ('data' in more) expect(more.data.length).toBe(width * height * 4);
          if ('data' in more) decoded++;
        } catch (error) {
          expect(error).toMatchObject({ code: 'PICTURE', where: `${i}, made of ${name}` });
          expect((error as Error).message).not.toContain('takes longer');
        }
      }
    }
    expect(decoded).toBeGreaterThan(100);
    expect(decoded).toBeLessThan(1900);
  });

  it('keeps nothing of the pictures that it has decoded', async () => {
    const decodeAll = async (count: number) => {
      for (let i = 0; i < count; i += 4) {
        const four = [i, i + 1, i + 2, i + 3].map((one) => decodePicture(files[one % files.length]!.bytes));
        await Promise.all(four);
      }
    };
    await decodeAll(2000);
    const before = process.memoryUsage().rss;
    await decodeAll(10_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * MEGABYTE);
  });
});
