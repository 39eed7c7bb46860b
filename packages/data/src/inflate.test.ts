import { constants, crc32, deflateRawSync, gzipSync, inflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { gunzip } from './gunzip.js';
import { inflate } from './inflate.js';

const errors = {
  early: () => new Error('early'),
  long: () => new Error('long'),
  damaged: (reason: string) => new Error(`damaged: ${reason}`),
};
const run = (bytes: Uint8Array, { start = 0, size = 0, maxBytes = 1 << 22 } = {}) =>
  inflate(bytes, { start, size, maxBytes, errors });

/** Numbers below 2^32 that are always the same. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state;
  };
}

/** Contents from noise to one value over and over, with repeats near and 32 KiB away. */
function contents(seed: number): Uint8Array {
  const draw = numbers(seed);
  const kinds = 1 + ((draw() >>> 8) % [2, 5, 40, 256][seed % 4]!);
  const content = Uint8Array.from({ length: (draw() >>> 8) % 90_000 }, () => (draw() >>> 16) % kinds);
  if (content.length > 40_000) content.copyWithin(32_768, 0, 5000);
  return content;
}

describe('inflate', () => {
  it('gives what zlib has compressed, by every level and strategy, and where it ends', () => {
    const strategies = [
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FILTERED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
      constants.Z_FIXED,
    ];
    for (let seed = 0; seed < 80; seed++) {
      const content = contents(seed);
      const packed = deflateRawSync(content, {
        level: seed % 10,
        memLevel: 1 + (seed % 9),
        strategy: strategies[seed % 5],
      });
      const around = new Uint8Array(Buffer.concat([Buffer.of(1, 2, 3), packed, Buffer.of(255, 0)]));
      const result = run(around, { start: 3, size: seed % 3 === 0 ? content.length : 0 });
      expect(Buffer.compare(result.content, content)).toBe(0);
      expect(result.end).toBe(3 + packed.length);
    }
  });

  it('reads blocks of all kinds after one another', () => {
    const content = contents(7);
    const blocks = [0, 9, 1, 0].map((level, i) =>
      deflateRawSync(content, {
        level,
        strategy: i === 2 ? constants.Z_FIXED : constants.Z_DEFAULT_STRATEGY,
        finishFlush: i === 3 ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
      }),
    );
    const whole = Buffer.concat([content, content, content, content]);
    expect(Buffer.compare(run(new Uint8Array(Buffer.concat(blocks))).content, whole)).toBe(0);
  });

  it('refuses what ends too early, wherever it is cut', () => {
    for (const strategy of [constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED]) {
      const packed = new Uint8Array(deflateRawSync(contents(2).subarray(0, 3000), { strategy }));
      for (let end = 0; end < packed.length; end++)
        expect(() => run(packed.subarray(0, end))).toThrow(/^early$/);
    }
  });

  it('takes damaged bytes as zlib does: refused, or of the same content', () => {
    const draw = numbers(5);
    const some = Array.from({ length: 20 }, (_, seed) => contents(seed).subarray(0, 400));
    let refused = 0;
    for (let round = 0; round < 3000; round++) {
      const packed = new Uint8Array(
        deflateRawSync(some[round % 20]!, {
          strategy: round % 3 ? constants.Z_DEFAULT_STRATEGY : constants.Z_FIXED,
        }),
      );
      const flips = 1 + (round % 3);
      for (let i = 0; i < flips; i++) packed[(draw() >>> 8) % packed.length]! ^= 1 << (draw() >>> 29);
      const expected = outcome(() => inflateRawSync(packed, { maxOutputLength: 1 << 22 }));
      const found = outcome(() => run(packed).content);
      if (typeof expected === 'string') refused++;
      expect(found, `round ${round}`).toEqual(expected);
    }
    expect(refused).toBeGreaterThan(1000);
  });

  it('allows as many bytes as it is told', () => {
    for (const level of [0, 6]) {
      const packed = new Uint8Array(deflateRawSync(new Uint8Array(1000), { level }));
      expect(run(packed, { maxBytes: 1000 }).content).toHaveLength(1000);
      expect(() => run(packed, { maxBytes: 999 })).toThrow(/^long$/);
    }
  });
});

describe("gzip's header", () => {
  const content = contents(3);
  const [plain, body] = [gzipSync(content), gzipSync(content).subarray(10)];
  /** Extra fields of 3 bytes, a name, a comment, and the header's check. */
  const fields = Buffer.concat([
    Buffer.of(0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 255),
    Buffer.of(3, 0, 1, 2, 3),
    Buffer.from('train\0by hand\0'),
  ]);
  const check = crc32(fields) & 0xffff;
  const withFields = (sum: number) =>
    new Uint8Array(Buffer.concat([fields, Buffer.of(sum & 255, sum >> 8), body]));
  const options = { maxBytes: 1 << 20 };

  it('may hold a name, a comment, fields and a checksum', () => {
    expect(Buffer.compare(gunzip(withFields(check), options), content)).toBe(0);
    expect(() => gunzip(withFields(check ^ 1), options)).toThrow(/damaged one \(header crc mismatch\)/);
    for (let end = 10; end < fields.length + 3; end++) {
      expect(() => gunzip(withFields(check).subarray(0, end), options)).toThrow(/ends too early/);
    }
  });

  it('must be of the method and the flags there are', () => {
    const changed = (at: number, value: number) => new Uint8Array(plain).with(at, value);
    expect(() => gunzip(changed(2, 7), options)).toThrow(/damaged one \(unknown compression method\)/);
    expect(() => gunzip(changed(3, 0x20), options)).toThrow(/damaged one \(unknown header flags set\)/);
  });
});

/** The content, or why there is none. */
function outcome(work: () => Uint8Array): Uint8Array | string {
  try {
    return new Uint8Array(work());
  } catch (error) {
    const { message } = error as Error;
    return message === 'unexpected end of file' ? 'early' : message.replace('damaged: ', '');
  }
}
