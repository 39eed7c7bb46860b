import { expect, it } from 'vitest';
import { crc32c, record, wholeRecords } from './records.js';

const text = (words: string) => new TextEncoder().encode(words);

it('computes CRC-32C as RFC 3720 has it', () => {
  expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
  expect(crc32c(new Uint8Array(32).fill(0xff))).toBe(0x62a8ab43);
  expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
  expect(crc32c(text('123456789'))).toBe(0xe3069283);
});

it('finds the whole records of a file that was cut anywhere', () => {
  const [a, b] = [record(text('one')), record(text('three'))];
  const file = Uint8Array.from([...a, ...b]);
  for (let cut = 0; cut <= file.length; cut++) {
    const count = cut < a.length ? 0 : cut < file.length ? 1 : 2;
    expect(wholeRecords(file.subarray(0, cut))).toEqual({ count, end: [0, a.length, file.length][count] });
  }
});

it('ends before a damaged record', () => {
  const [a, b] = [record(text('one')), record(text('three'))];
  for (let at = 0; at < b.length; at++) {
    const file = Uint8Array.from([...a, ...b]);
    file[a.length + at]! ^= 1;
    expect(wholeRecords(file)).toEqual({ count: 1, end: a.length });
  }
});
