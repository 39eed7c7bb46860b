import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openWeights, sourceOfBytes, WeightsError } from '../src/index.js';
import { secondsSince } from './files.js';
import {
  dict,
  global,
  int,
  legacyLength,
  legacyPickles,
  pickle,
  tensor,
  text,
  torchFile,
  tuple,
} from './pickle.js';
import { zipFile } from './zipFile.js';

const fixture = (name: string) => readFileSync(new URL(`../fixtures/torch2.15-${name}`, import.meta.url));
const dictOf = (value: Buffer) => pickle(dict(text('w'), value));
const whole = dictOf(tensor([6], [1]));

// The numbers are those of the project's list of bad inputs.
const refused: [string, Buffer, RegExp, code?: string][] = [
  [
    '65 os.system, in the form of today',
    fixture('os.refused.pth'),
    /"posix.system", which could run code\. Nothing was run/,
    'UNSAFE',
  ],
  ['65 os.system, in the form before 1.6', fixture('os-legacy.refused.pth'), /"posix.system"/, 'UNSAFE'],
  [
    '65 builtins.eval',
    torchFile(pickle(global('builtins', 'eval'), tuple(text('1')), 'R')),
    /"builtins.eval"/,
    'UNSAFE',
  ],
  [
    '66 a whole module',
    fixture('module.refused.pth'),
    /a whole module, whose code|torch\.nn\.modules\.linear\.Linear/,
    'UNSAFE',
  ],
  ['66 a number of NumPy', fixture('numpy.refused.pth'), /"numpy\S+", which could run code/, 'UNSAFE'],
  [
    '66 an object of Object.prototype',
    torchFile(pickle(global('constructor', 'constructor'))),
    /"constructor.constructor"/,
    'UNSAFE',
  ],
  [
    '67 an item of a tensor',
    torchFile(pickle(tensor([6], [1]), text('k'), int(1), 's')),
    /a dictionary to set items of, received TorchTensor/,
    'UNSAFE',
  ],
  [
    '67 attributes of a tensor',
    torchFile(pickle(tensor([6], [1]), '}', 'b')),
    /a dictionary to set attributes of/,
    'UNSAFE',
  ],
  [
    '67 a call of a tensor',
    torchFile(pickle(tensor([6], [1]), tuple(), 'R')),
    /a name to call, received TorchTensor/,
    'UNSAFE',
  ],
  [
    '67 a call of a storage type',
    torchFile(pickle(global('torch', 'FloatStorage'), tuple(int(9)), 'R')),
    /a function to call/,
    'UNSAFE',
  ],
  [
    '68 a shape beyond the storage',
    torchFile(dictOf(tensor([7], [1]))),
    /within the 6 elements of storage "0", received shape \[7\], stride \[1\]/,
  ],
  ['68 a stride beyond the storage', torchFile(dictOf(tensor([2, 2], [5, 1]))), /within the 6 elements/],
  [
    '68 an offset beyond the storage',
    torchFile(dictOf(tensor([3], [1], { offset: 4 }))),
    /within the 6 elements.*offset 4/,
  ],
  [
    '68 a negative stride',
    torchFile(dictOf(tensor([2], [-1], { offset: 3 }))),
    /a tensor with its storage, offset, sizes and strides/,
  ],
  ['68 a product above 2^53', torchFile(dictOf(tensor([2 ** 30, 2 ** 30], [0, 0]))), /within the 6 elements/],
  [
    '69 more elements than the record has',
    torchFile(dictOf(tensor([7], [1], { length: 7 }))),
    /storage "0": expected 28 bytes, as data.pkl says, received 24/,
  ],
  [
    '69 fewer elements than the record has',
    torchFile(dictOf(tensor([5], [1], { length: 5 }))),
    /expected 20 bytes.*received 24/,
  ],
  [
    '69 one storage as two types',
    torchFile(
      pickle(
        dict(text('a'), tensor([6], [1]), text('b'), tensor([3], [1], { type: 'DoubleStorage', length: 3 })),
      ),
    ),
    /of one type and length/,
  ],
  [
    '70 a storage without a record',
    torchFile(dictOf(tensor([6], [1], { key: '9' }))),
    /storage "9".*received none/,
  ],
  ['70 no pickle', zipFile({ 'a/data/0': new Uint8Array(4) }), /a zip file of something else/],
  [
    '71 a few bytes that stand for 4 GB',
    fixture('expanded.refused.pth'),
    /at most the 1 elements.*contiguous/,
  ],
  [
    '71 more operations than allowed',
    torchFile(pickle('0'.padStart(4_100_001, 'N0'))),
    /at most 2000000 operations/,
    'LIMIT',
  ],
  ['71 a memo that is not there', torchFile(pickle('h\x05')), /none under 5/],
  [
    '72 a record of another method',
    torchFile(whole, { options: { 'a/data.pkl': { method: 8 } } }),
    /"a\/data.pkl": expected stored data.*method 8/,
  ],
  [
    '73 big-endian',
    torchFile(whole, { records: { 'a/byteorder': Buffer.from('big') } }),
    /byteorder: expected little, received "big"/,
  ],
  [
    '74 two names for one record',
    torchFile(whole, { options: { 'a/data.pkl': { localName: 'b/data.pkl' } } }),
    /a header that says what the directory says/,
  ],
  [
    '74 a directory that is elsewhere',
    Buffer.concat([torchFile(whole).subarray(0, 200), torchFile(whole).subarray(196)]),
    /directory: expected as many records/,
  ],
  ['noise', Buffer.from('q7:%0_noise, long enough to be a file'), /received another kind of file/],
  ['an empty file', Buffer.alloc(0), /received an empty file/],
  ['a wrong CRC-32', torchFile(whole, { options: { 'a/data.pkl': { crc: 7 } } }), /a CRC-32 of 0x00000007/],
  [
    'a name twice',
    Buffer.from(
      torchFile(whole, { records: { 'a/data/1': new Uint8Array(0) } })
        .toString('latin1')
        .replaceAll('a/data/1', 'a/data/0'),
      'latin1',
    ),
    /"a\/data\/0": expected each name once/,
  ],
  ['an encrypted file', encrypted(), /plain data, received encrypted ones/],
  ['a pickle that is cut off', torchFile(whole.subarray(0, 40)), /a whole pickle/],
  ['a pickle of text opcodes', torchFile(Buffer.from('I1\n.')), /the opcode 0x49/],
  ['a protocol of the future', torchFile(Buffer.from([0x80, 9, 0x4e, 0x2e])), /protocol 9/],
  [
    'no tensors',
    torchFile(pickle(dict(text('epoch'), int(3)))),
    /a state dict, or one under .*received "epoch"/,
  ],
  ['a list of tensors', torchFile(pickle(']', tensor([6], [1]), 'a')), /received something else/],
  [
    'TorchScript',
    torchFile(whole, { records: { 'a/constants.pkl': new Uint8Array(1) } }),
    /a program of TorchScript/,
  ],
  ['complex tensors', fixture('complex.refused.pth'), /complex tensors/],
  ['quantized tensors', fixture('quantized.refused.pth'), /quantized tensors/],
  ['sparse tensors', fixture('sparse.refused.pth'), /sparse tensors/],
  ['another pickle', Buffer.from([0x80, 2, 0x4b, 1, 0x2e]), /a file of torch\.save, received another pickle/],
  ['a page of the web', Buffer.from('<!DOCTYPE html><title>Not found</title>'), /a page of the web/],
  ['a pointer of Git LFS', Buffer.from('version https://git-lfs.github.com/spec/v1'), /git lfs pull/],
  ['HDF5', Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'), /HDF5/],
];

function encrypted(): Buffer {
  const bytes = torchFile(whole);
  bytes[bytes.indexOf(Buffer.from('PK\x01\x02')) + 8] = 1;
  return bytes;
}

/** A file of the old form with one tensor of `length` elements, and its storage's data. */
function legacy(length: number, data: Uint8Array): Buffer {
  return Buffer.concat([
    legacyPickles(dict(text('w'), tensor([length], [1], { length })), ['0']),
    legacyLength(length),
    data,
  ]);
}

describe('openWeights', () => {
  it('a few hundred bytes that claim ten gigabytes are refused without needing them', async () => {
    const gigabytes = 2 ** 31 - 1; // elements: 8.6 GB
    const before = process.memoryUsage().rss;
    for (const bytes of [
      legacy(gigabytes, new Uint8Array(8)),
      torchFile(dictOf(tensor([gigabytes], [1], { length: gigabytes }))),
      torchFile(whole, { options: { 'a/data/0': { size: 4_000_000_000, packedSize: 4_000_000_000 } } }),
    ]) {
      expect(bytes.length).toBeLessThan(700);
      await expect(openWeights(sourceOfBytes(bytes, 'model.pth'))).rejects.toThrow(WeightsError);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
    const six = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer);
    const { tensors } = await openWeights(sourceOfBytes(legacy(6, six), 'model.pth'));
    expect((await tensors.get('w')!.read()).data).toEqual(Float32Array.of(0, 1, 2, 3, 4, 5));
    await expect(openWeights(sourceOfBytes(legacy(6, new Uint8Array(25)), 'model.pth'))).rejects.toThrow(
      /as its storages take/,
    );
  });

  it.each(refused)('%s is refused', async (_, bytes, message, code = 'FORMAT') => {
    const start = process.cpuUsage();
    const error = await openWeights(sourceOfBytes(bytes, 'model.pth')).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WeightsError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((error as Error).message).toMatch(/^model\.pth[^\n]{1,500}\.$/);
    expect(secondsSince(start)).toBeLessThan(15);
    expect(existsSync('executed')).toBe(false);
  });

  it('71 a memo that doubles itself a thousand times costs its own length', async () => {
    const doubled = Array.from({ length: 1000 }, () => '2\x86');
    const bytes = torchFile(
      pickle(dict(text('bomb'), Buffer.from(`)${doubled.join('')}`, 'latin1'), text('w'), tensor([6], [1]))),
    );
    const { tensors } = await openWeights(sourceOfBytes(bytes, 'model.pth'));
    expect([...tensors.keys()]).toEqual(['w']);
  });

  it('a record damaged in its data is refused when it is read', async () => {
    const bytes = torchFile(dictOf(tensor([2], [1])));
    bytes[bytes.indexOf(Buffer.from(Float32Array.of(4, 5).buffer))]! ^= 1;
    const { tensors } = await openWeights(sourceOfBytes(bytes, 'model.pth'));
    await expect(tensors.get('w')!.read()).rejects.toThrow(/"a\/data\/0": expected a CRC-32/);
  });

  it.each(['torch2.15-zip.pth', 'torch2.15-legacy.pth'])(
    'every truncation of %s is refused',
    async (name) => {
      const bytes = readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
      for (let length = 0; length < bytes.length; length += 7) {
        await expect(openWeights(sourceOfBytes(bytes.subarray(0, length), name))).rejects.toThrow(
          WeightsError,
        );
      }
    },
  );

  it.each(['torch2.15-zip.pth', 'torch1.13-legacy.pth'])(
    '3,000 damaged copies of %s are read or refused, never anything else',
    async (name) => {
      const bytes = readFileSync(new URL(`../fixtures/${name}`, import.meta.url));
      const outcomes = new Set<string>();
      for (let i = 0; i < 3000; i++) {
        const copy = Buffer.from(bytes);
        // A multiplicative generator: reproducible, and good enough to choose a byte.
        for (let change = 0; change <= i % 3; change++) {
          const draw = Math.imul(2 * (7 * i + change) + 1, 0x9e3779b1) >>> 0;
          copy[draw % copy.length]! ^= 1 << (draw >>> 29);
        }
        try {
          const { tensors } = await openWeights(sourceOfBytes(copy, 'copy.pth'));
          for (const tensor of tensors.values()) await tensor.read();
          outcomes.add('read');
        } catch (error) {
          if (!(error instanceof WeightsError)) throw error;
          outcomes.add(error.expected.replace(/\d+/g, '0'));
        }
      }
      expect(outcomes.size).toBeGreaterThan(20);
    },
  );
});
