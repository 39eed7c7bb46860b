import { constants, crc32, deflateRawSync, gunzipSync, gzipSync, inflateRawSync } from 'node:zlib';
import { gunzip } from '../../../../packages/data/src/gunzip.js';
import type { Target } from '../parser.ts';
import { fixture, requireSame, text } from './inputs.ts';

const HEADER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
const HEADER_BYTES = HEADER.length;
const prose = text('a quick fox, a quick dog, a quick quick quick fox. '.repeat(6));
const noise = Uint8Array.from({ length: 300 }, (_, i) => (i * i * 31 + (i >> 3)) & 255);

export const target: Target = {
  seeds: () => [
    ...[prose, noise, new Uint8Array(), new Uint8Array(700)].map((content) =>
      Uint8Array.from(gzipSync(content)),
    ),
    trailed(deflateRawSync(prose, { strategy: constants.Z_FIXED }), prose),
    trailed(deflateRawSync(noise, { level: 0 }), noise),
    withFields(),
    fixture('packages/weights/fixtures/deflated.npz').subarray(0, 60),
  ],
  parse: (bytes) => {
    const content = gunzip(bytes, { maxBytes: 2 ** 16 });
    requireSame(content, gunzipSync(bytes), 'gzip');
  },
  // Its own checksum of whatever it unpacks to.
  repair: (bytes) => {
    try {
      const packed = bytes.subarray(HEADER_BYTES);
      const { buffer, engine } = inflateRawSync(packed, {
        info: true,
        maxOutputLength: 2 ** 16,
      }) as unknown as {
        buffer: Buffer;
        engine: { bytesWritten: number };
      };
      return trailed(packed.subarray(0, engine.bytesWritten), buffer);
    } catch {
      return bytes;
    }
  },
  words: ['<html>'],
};

function trailed(packed: Uint8Array, content: Uint8Array): Uint8Array {
  const end = Buffer.alloc(8);
  end.writeUInt32LE(crc32(content));
  end.writeUInt32LE(content.length, 4);
  return Uint8Array.from(Buffer.concat([HEADER, packed, end]));
}

/** With an extra field, a name, a comment and a checksum of the header. */
function withFields(): Uint8Array {
  const header = Buffer.concat([
    Uint8Array.of(0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3),
    Uint8Array.of(3, 0, 1, 2, 3),
    text('name\0comment\0'),
  ]);
  const check = Buffer.alloc(2);
  check.writeUInt16LE(crc32(header) & 0xffff);
  return Uint8Array.from(
    Buffer.concat([header, check, trailed(deflateRawSync(prose), prose).subarray(HEADER_BYTES)]),
  );
}
