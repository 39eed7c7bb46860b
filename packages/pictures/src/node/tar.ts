import { DataError } from '@residual/data';

/** What all of a tar archive comes in. */
export const TAR_BLOCK = 512;

/** An archive ends with two empty blocks. */
export const TAR_END = 2 * TAR_BLOCK;

/** As many bytes as an entry's data take. */
export function blocksOf(bytes: number): number {
  return Math.ceil(bytes / TAR_BLOCK) * TAR_BLOCK;
}

/** A file in an archive. */
export interface TarEntry {
  readonly name: string;
  /** Its length. */
  readonly bytes: number;
}

/** Where the fields of a header begin, and the bytes of each. Source: POSIX.1-2017, pax, "ustar Interchange Format". */
const FIELD = {
  name: [0, 100],
  mode: [100, 8],
  owner: [108, 8],
  group: [116, 8],
  size: [124, 12],
  modified: [136, 12],
  checksum: [148, 8],
  type: [156, 1],
  magic: [257, 8],
  prefix: [345, 155],
} as const;

/** An entry's header: a regular file of nobody, of no time, so that equal files make equal archives. */
export function tarHeader({ name, bytes }: TarEntry): Uint8Array {
  const header = Buffer.alloc(TAR_BLOCK);
  const put = (field: keyof typeof FIELD, text: string) => header.write(text, FIELD[field][0], 'latin1');
  const octal = (value: number, digits: number) => `${value.toString(8).padStart(digits, '0')}\0`;
  put('name', name);
  put('mode', octal(0o644, 7));
  put('owner', octal(0, 7));
  put('group', octal(0, 7));
  put('size', octal(bytes, 11));
  put('modified', octal(0, 11));
  put('type', '0');
  put('magic', 'ustar\u000000');
  put('checksum', `${octal(checksumOf(header), 6)} `);
  return header;
}

/** The sum of all bytes, those of the checksum taken for spaces. */
function checksumOf(header: Uint8Array): number {
  const [begin, length] = FIELD.checksum;
  return header.reduce((sum, byte, i) => sum + (i >= begin && i < begin + length ? 0x20 : byte), 0);
}

/** What a type other than a regular file is. */
const TYPES: Readonly<Record<string, string>> = {
  1: 'a hard link',
  2: 'a symbolic link',
  3: 'a device',
  4: 'a device',
  5: 'a folder',
  6: 'a pipe',
  x: 'a header that gives the next entry another name',
  g: 'a header that gives other entries other names',
  L: 'a header that gives the next entry another name',
  K: 'a header that gives the next entry another name',
};

/**
 * Makes sure that a header is the one of a regular file of this name and length, and of nothing else: no link is followed and no
 * name believed.
 *
 * @param header its block, shorter where the archive was cut off
 * @param where for messages
 * @throws DataError `FORMAT` for a damaged header or another file, `LIMIT` for a length that no such file has, `UNSAFE` for
 *   links, devices, headers that rename, and names that lead out of the archive.
 */
export function requireEntry(header: Uint8Array, { name, bytes }: TarEntry, where: string): void {
  const expected = `the file ${name} of ${bytes} bytes`;
  const refuse = (code: 'FORMAT' | 'LIMIT' | 'UNSAFE', received: string): DataError =>
    new DataError(code, { where, expected, received, fix: 'Write the shards anew, or copy them again.' });
  if (header.length < TAR_BLOCK) throw refuse('FORMAT', 'the end of the archive');
  if (Number.parseInt(text(header, 'checksum').trim(), 8) !== checksumOf(header)) {
    throw refuse('FORMAT', 'a header whose checksum is wrong');
  }
  const size = sizeOf(header);
  if (!(size >= 0 && size <= Number.MAX_SAFE_INTEGER)) throw refuse('LIMIT', `one of ${size} bytes`);
  const type = text(header, 'type');
  if (type !== '0' && type !== '') throw refuse('UNSAFE', TYPES[type] ?? 'something that is no file');
  const prefix = text(header, 'prefix');
  const found = prefix === '' ? text(header, 'name') : `${prefix}/${text(header, 'name')}`;
  const leadsOut = /^([\\/]|[a-z]:)/i.test(found) || found.split(/[\\/]/).includes('..');
  if (leadsOut) throw refuse('UNSAFE', `a name that leads out of the archive: ${JSON.stringify(found)}`);
  if (size > 2 ** 40) throw refuse('LIMIT', `one of ${size} bytes`);
  if (found !== name || size !== bytes) throw refuse('FORMAT', `${JSON.stringify(found)} of ${size} bytes`);
}

/** A field up to its end, or to its first zero. */
function text(header: Uint8Array, field: keyof typeof FIELD): string {
  const [begin, length] = FIELD[field];
  return Buffer.from(header.subarray(begin, begin + length))
    .toString('latin1')
    .replace(/\0.*$/s, '');
}

/** Octal digits, or a binary number as GNU tar has it for large ones; NaN for anything else. */
function sizeOf(header: Uint8Array): number {
  const [begin, length] = FIELD.size;
  const bytes = header.subarray(begin, begin + length);
  if (bytes[0]! >= 0x80) {
    const value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
    const bits = BigInt(8 * length);
    return Number(bytes[0] === 0xff ? value - 2n ** bits : value - 2n ** (bits - 1n));
  }
  const digits = text(header, 'size').trim();
  if (/^-[0-7]+$/.test(digits)) return -Number.parseInt(digits.slice(1), 8);
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}
