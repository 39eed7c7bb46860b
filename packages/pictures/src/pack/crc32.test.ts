import { crc32 as ofZlib } from 'node:zlib';
import { expect, it } from 'vitest';
import { crc32 } from './crc32.js';

it("is zlib's, of any length", () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 151 + length * 7) % 256);
    expect(crc32(bytes)).toBe(ofZlib(bytes));
  }
});
