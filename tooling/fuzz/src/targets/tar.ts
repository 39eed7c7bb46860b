import { requireEntry, tarHeader } from '../../../../packages/pictures/src/node/tar.js';
import type { Target } from '../parser.ts';

const entry = { name: '000000001.npy', bytes: 140 };
const [CHECKSUM, DIGITS] = [148, 8];

const repaired = (bytes: Uint8Array): Uint8Array => {
  const copy = Uint8Array.from(bytes);
  copy.fill(0x20, CHECKSUM, CHECKSUM + DIGITS);
  const sum = copy.reduce((total, byte) => total + byte, 0);
  copy.set(Buffer.from(`${sum.toString(8).padStart(6, '0')}\0 `), CHECKSUM);
  return copy;
};
const changed = (at: number, value: string) => {
  const bytes = tarHeader(entry);
  bytes.set(Buffer.from(value, 'latin1'), at);
  return repaired(bytes);
};

export const target: Target = {
  seeds: () => [
    Uint8Array.from(tarHeader(entry)),
    ...['1', '2', '3', '5', 'x', 'z', '\0'].map((type) => changed(156, type)),
    changed(345, 'a/folder'),
    changed(0, '/etc/passwd'),
    changed(0, '../000000001.npy'),
    changed(124, '\x80\0\0\0\0\0\0\0\0\0\0\x8c'),
    changed(124, '\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff'),
    changed(124, '-0000000140\0'),
    changed(124, '77777777777\0'),
  ],
  parse: (bytes) => requireEntry(bytes.subarray(0, 512), entry, 'train-000000.tar'),
  repair: (bytes) => (bytes.length < 512 ? bytes : repaired(bytes.subarray(0, 512))),
};
