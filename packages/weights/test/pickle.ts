import { zipFile } from './zipFile.js';

type Part = Buffer | string;

const parts = (...all: Part[]) => Buffer.concat(all.map((part) => Buffer.from(part as string)));

/** A pickle of protocol 2. */
export const pickle = (...all: Part[]) => parts(Buffer.from([0x80, 2]), ...all, '.');

export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(5);
  length[0] = 0x58;
  length.writeUInt32LE(bytes.length, 1);
  return Buffer.concat([length, bytes]);
}

export function int(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = 0x4a;
  bytes.writeInt32LE(value, 1);
  return bytes;
}

export const global = (module: string, name: string) => Buffer.from(`c${module}\n${name}\n`);
export const tuple = (...items: Part[]) => parts('(', ...items, 't');
export const dict = (...items: Part[]) => parts('}(', ...items, 'u');

/** A tensor of float32 on the storage 0 of `length` elements. */
export function tensor(
  shape: number[],
  stride: number[],
  { offset = 0, length = 6, key = '0', type = 'FloatStorage' } = {},
): Buffer {
  const storage = tuple(text('storage'), global('torch', type), text(key), text('cpu'), int(length));
  const sizes = (numbers: number[]) => tuple(...numbers.map(int));
  const items = [storage, 'Q', int(offset), sizes(shape), sizes(stride), '\x4e'];
  return parts(global('torch._utils', '_rebuild_tensor_v2'), tuple(...items), 'R');
}

/** What `torch.save` makes of such a pickle, with one storage of six float32: 0, 1, 2, 3, 4, 5. */
export function torchFile(
  data: Buffer,
  {
    records = {},
    options = {},
  }: { records?: Record<string, Uint8Array>; options?: Parameters<typeof zipFile>[1] } = {},
): Buffer {
  const values = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
  return zipFile({ 'a/data.pkl': data, 'a/data/0': values, ...records }, options);
}

/** What a file of the old form begins with: five pickles, of which the fourth is the object. Each storage follows, its length before its data. */
export function legacyPickles(object: Buffer, keys: readonly string[]): Buffer {
  const magic = Buffer.from([0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19]);
  const list = parts('](', ...keys.map(text), 'e');
  return Buffer.concat([pickle(magic), pickle(int(1001)), pickle('}'), pickle(object), pickle(list)]);
}

/** A storage's number of elements, as a file of the old form has it before the data. */
export function legacyLength(length: number): Buffer {
  const count = Buffer.alloc(8);
  count.writeBigUInt64LE(BigInt(length));
  return count;
}
