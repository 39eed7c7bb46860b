import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { DataError } from './error.js';
import { gunzip } from './gunzip.js';

const content = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 8);
const packed = new Uint8Array(gzipSync(content));
const options = { maxBytes: 1 << 20, file: 'train.gz' };

function join(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function flipped(at: number): Uint8Array {
  const copy = packed.slice();
  copy[copy.length + at] = copy[copy.length + at]! ^ 1;
  return copy;
}

/** A gzip file of 10 MB that would unpack to 10 GB: the same compressed MiB of zeros, 10,240 times. */
function bomb(): Uint8Array {
  const block = deflateRawSync(new Uint8Array(1 << 20), { finishFlush: constants.Z_FULL_FLUSH });
  return join(packed.subarray(0, 10), ...Array.from({ length: 10_240 }, () => block));
}

describe('gunzip', () => {
  it('gives the content, also from a view into a larger buffer', () => {
    expect(gunzip(packed, options)).toEqual(content);
    const padded = join(new Uint8Array(3), packed, new Uint8Array(3));
    expect(gunzip(padded.subarray(3, 3 + packed.length), options)).toEqual(content);
    expect(gunzip(new Uint8Array(gzipSync(new Uint8Array(0))), options)).toEqual(new Uint8Array(0));
  });

  it('unpacks content that just fits, and content of several chunks', () => {
    expect(gunzip(packed, { maxBytes: content.length })).toEqual(content);
    const long = new Uint8Array(5_000_000).map((_, i) => i >> 12);
    const unpacked = gunzip(new Uint8Array(gzipSync(long)), { maxBytes: long.length });
    expect(Buffer.compare(unpacked, long)).toBe(0);
  });

  it.each<[string, string, Uint8Array, RegExp]>([
    ['44 truncated', 'FORMAT', packed.subarray(0, packed.length - 9), /ends too early/],
    ['44 truncated in the header', 'FORMAT', packed.subarray(0, 5), /ends too early/],
    ['44 truncated in the checksum', 'FORMAT', packed.subarray(0, packed.length - 5), /ends too early/],
    ['45 checksum flipped', 'FORMAT', flipped(-8), /damaged.*data check/],
    ['45 length flipped', 'FORMAT', flipped(-4), /damaged.*length check/],
    ['45 content flipped', 'FORMAT', flipped(-1000), /damaged|too early/],
    ['46 bomb of 10 GB', 'LIMIT', bomb(), /at most 1048576 bytes/],
    ['47 trailing junk', 'FORMAT', join(packed, new Uint8Array(7)), /7 more bytes/],
    ['48 second member', 'FORMAT', join(packed, packed), /a second member/],
    ['49 HTML page', 'FORMAT', new TextEncoder().encode('\n <!doctype html><p>404'), /web page \(HTML\)/],
    ['empty', 'FORMAT', new Uint8Array(0), /an empty file/],
    ['zlib without gzip', 'FORMAT', Uint8Array.of(0x78, 0x9c, 3, 0), /received 78 9c 03 00/],
  ])('%s is refused as %s', (_, code, bytes, message) => {
    const error = catchError(() => gunzip(bytes, options));
    expect(error).toBeInstanceOf(DataError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(/^train\.gz: expected [^\n]*\.$/) });
    expect(error).toHaveProperty('message', expect.stringMatching(message));
  });

  it('46 one byte more than allowed is refused', () => {
    expect(() => gunzip(packed, { maxBytes: content.length - 1 })).toThrow(/at most 99999 bytes/);
  });
});

function catchError(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
