import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { idxSplit, isIdxFileName, type NamedFile } from './idxSplit.js';

/** An IDX file of unsigned bytes whose data count up to `classes` over and over. */
function idx(dimensions: number[], classes = 10): Uint8Array {
  const header = dimensions.flatMap((d) => [d >>> 24, (d >>> 16) & 255, (d >>> 8) & 255, d & 255]);
  const length = dimensions.reduce((product, dimension) => product * dimension, 1);
  const data = Array.from({ length }, (_, i) => i % classes);
  return Uint8Array.from([0, 0, 8, dimensions.length, ...header, ...data]);
}

const pack = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));
const file = (name: string, bytes: Uint8Array): NamedFile => ({ name, bytes });

const trainImages = file('train-images-idx3-ubyte', idx([20, 5, 4]));
const trainLabels = file('train-labels-idx1-ubyte.gz', pack(idx([20])));
const testImages = file('t10k-images-idx3-ubyte.gz', pack(idx([10, 5, 4])));
const testLabels = file('t10k-labels-idx1-ubyte', idx([10]));
const good = [testLabels, trainImages, testImages, trainLabels];

/** The good files, of which some have other bytes, or are missing. */
const changed = (changes: Record<string, Uint8Array | undefined>) =>
  good.flatMap(({ name, bytes }) => {
    const now = name in changes ? changes[name] : bytes;
    return now === undefined ? [] : [file(name, now)];
  });

describe('idxSplit', () => {
  it('reads four files in any order, packed or not, with digits for names', () => {
    const { train, test } = idxSplit(good, { name: 'mine' });
    expect(train).toMatchObject({ name: 'mine/train', length: 20, shape: [5, 4, 1] });
    expect(test).toMatchObject({ name: 'mine/t10k', length: 10, shape: [5, 4, 1] });
    expect(train.classNames).toEqual(['0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    expect([...train.labels.subarray(8, 12)]).toEqual([8, 9, 0, 1]);
    expect([...test.images.subarray(8, 12)]).toEqual([8, 9, 0, 1]);
    expect(train.images.buffer).toBe(trainImages.bytes.buffer);
  });

  it('names the classes as it is told', () => {
    const labels = { 'train-labels-idx1-ubyte.gz': idx([20], 2), 't10k-labels-idx1-ubyte': idx([10], 2) };
    const { test } = idxSplit(changed(labels), { classNames: ['cat', 'dog'] });
    expect(test.classNames).toEqual(['cat', 'dog']);
  });

  it('goes by the content where a name says packed, and by the last part of a path', () => {
    const files = [
      file('data/train-images.idx3-ubyte.gz', trainImages.bytes), // unpacked on its way
      file('C:\\data\\train-labels-idx1-ubyte', trainLabels.bytes), // packed
      file('data/t10k-images-idx3-ubyte', testImages.bytes),
      file('data/t10k-labels.idx1-ubyte', testLabels.bytes),
    ];
    expect(idxSplit(files).train.length).toBe(20);
  });

  it('prefers the packed of two, and leaves other files alone', () => {
    const others = [
      file('README.md', new Uint8Array(3)),
      file('train-labels-idx1-ubyte', new Uint8Array(3)),
      file('my-train-labels-idx1-ubyte.gz', new Uint8Array(3)),
    ];
    expect(idxSplit([...others, ...good])).toEqual(idxSplit(good));
  });

  it.each<[string, Record<string, Uint8Array | undefined>, string, RegExp]>([
    [
      'a missing file',
      { 'train-labels-idx1-ubyte.gz': undefined },
      'NOT_FOUND',
      /^mine: expected a file train-labels-idx1-ubyte, packed \(\.gz\) or not, received t10k-labels.*four files/,
    ],
    [
      '34 a wrong magic',
      { 't10k-labels-idx1-ubyte': new Uint8Array(30).fill(7) },
      'FORMAT',
      /^t10k-labels-idx1-ubyte: .* magic 0x07070707/,
    ],
    [
      '35 labels used as pictures',
      { 'train-images-idx3-ubyte': idx([20]) },
      'MISMATCH',
      /^train-images-idx3-ubyte: .*swapped/,
    ],
    [
      '35 pictures used as labels',
      { 't10k-labels-idx1-ubyte': idx([10, 5, 4]) },
      'MISMATCH',
      /^t10k-labels-idx1-ubyte: .*swapped/,
    ],
    [
      '36 more pictures announced than there are bytes',
      {
        'train-images-idx3-ubyte': Uint8Array.from([
          0, 0, 8, 3, 255, 255, 255, 255, 0, 0, 0, 28, 0, 0, 0, 28,
        ]),
      },
      'FORMAT',
      /^train-images-idx3-ubyte: expected \d+ bytes of data .* received 0/,
    ],
    ['37 no pictures', { 'train-images-idx3-ubyte': idx([0, 5, 4]) }, 'FORMAT', /dimensions above zero/],
    [
      '38 one byte short',
      { 'train-images-idx3-ubyte': trainImages.bytes.subarray(0, -1) },
      'FORMAT',
      /^train-images-idx3-ubyte: expected 400 bytes .* received 399/,
    ],
    [
      '39 one byte over',
      { 't10k-labels-idx1-ubyte': Uint8Array.from([...testLabels.bytes, 0]) },
      'FORMAT',
      /^t10k-labels-idx1-ubyte: expected 10 bytes .* received 11/,
    ],
    [
      '40 another number of labels',
      { 't10k-labels-idx1-ubyte': idx([9]) },
      'MISMATCH',
      /^t10k-labels-idx1-ubyte: expected 10 labels, one a picture, received 9/,
    ],
    [
      '41 a label of 10',
      { 'train-labels-idx1-ubyte.gz': pack(idx([20], 11)) },
      'FORMAT',
      /^train-labels-idx1-ubyte\.gz: expected labels from 0 to 9, received 10 at position 10/,
    ],
    [
      '42 not bytes',
      { 't10k-labels-idx1-ubyte': Uint8Array.from([0, 0, 13, 1, 0, 0, 0, 0]) },
      'FORMAT',
      /unsigned bytes/,
    ],
    [
      '43 test pictures of another size',
      { 't10k-images-idx3-ubyte.gz': pack(idx([10, 4, 5])) },
      'FORMAT',
      /^t10k-images-idx3-ubyte\.gz: expected pictures of 5x4, received 4x5/,
    ],
    [
      '44 a packed file cut off',
      { 'train-labels-idx1-ubyte.gz': trainLabels.bytes.subarray(0, 20) },
      'FORMAT',
      /^train-labels-idx1-ubyte\.gz: .*too early/,
    ],
    [
      '46 a bomb',
      { 't10k-images-idx3-ubyte.gz': pack(new Uint8Array(5000)) },
      'LIMIT',
      /^t10k-images-idx3-ubyte\.gz: expected at most 4000 bytes/,
    ],
    [
      '49 a web page',
      { 'train-labels-idx1-ubyte.gz': new TextEncoder().encode('<html>') },
      'FORMAT',
      /^train-labels-idx1-ubyte\.gz: .*web page/,
    ],
  ])('refuses %s, naming the file', (_, changes, code, message) => {
    const read = () =>
      idxSplit(changed(changes), { name: 'mine', maxBytes: 4000, classNames: [...'0123456789'] });
    expect(read).toThrow(expect.objectContaining({ name: 'DataError', code }));
    expect(read).toThrow(message);
  });

  it('43 refuses another size than the one asked for', () => {
    expect(() => idxSplit(good, { size: [28, 28] })).toThrow(
      /^train-images-idx3-ubyte: expected pictures of 28x28, received 5x4/,
    );
  });

  it('takes any number of classes, named by number where nothing names them', () => {
    const few = { 'train-labels-idx1-ubyte.gz': idx([20], 3), 't10k-labels-idx1-ubyte': idx([10], 5) };
    expect(idxSplit(changed(few)).train.classNames).toEqual(['0', '1', '2', '3', '4']);
    const all = {
      'train-images-idx3-ubyte': idx([300, 5, 4]),
      'train-labels-idx1-ubyte.gz': idx([300], 256),
    };
    const { train, test } = idxSplit(changed(all));
    expect([train.classNames.length, test.classNames[255], train.labels[255]]).toEqual([256, '255', 255]);
  });

  it('reads colour pictures of any size: 40x24, 3 channels, 13 classes', () => {
    const files = [
      file('train-images-idx4-ubyte', idx([26, 40, 24, 3], 251)),
      file('train-labels-idx1-ubyte', idx([26], 13)),
      file('t10k-images-idx4-ubyte.gz', pack(idx([13, 40, 24, 3], 251))),
      file('t10k-labels-idx1-ubyte', idx([13], 13)),
    ];
    const { train, test } = idxSplit(files);
    expect(train).toMatchObject({ length: 26, shape: [40, 24, 3] });
    expect(test).toMatchObject({ length: 13, shape: [40, 24, 3] });
    expect(train.classNames.length).toBe(13);
    const grey = files.map((one) =>
      one.name.startsWith('t10k-images') ? file(one.name, idx([13, 40, 24])) : one,
    );
    expect(() => idxSplit(grey)).toThrow(expect.objectContaining({ code: 'MISMATCH', received: '1' }));
    const planes = [file('train-images-idx4-ubyte', idx([26, 3, 40, 24])), ...files.slice(1)];
    expect(() => idxSplit(planes)).toThrow(
      /1 or 3 channels, the last of the dimensions, received 24 \(26 x 3 x 40 x 24\)/,
    );
  });

  describe("field 19: EMNIST's files", () => {
    const set = (name: string, shift = 1) =>
      [
        ['train-images-idx3-ubyte.gz', pack(idx([52, 3, 3], 9))],
        [
          'train-labels-idx1-ubyte.gz',
          pack(Uint8Array.from(idx([52], 26), (byte, i) => (i < 8 ? byte : byte + shift))),
        ],
        ['test-images-idx3-ubyte', idx([26, 3, 3], 9)],
        [
          'test-labels-idx1-ubyte',
          Uint8Array.from(idx([26], 26), (byte, i) => (i < 8 ? byte : byte + shift)),
        ],
      ].map(([file, bytes]) => ({ name: `gzip/emnist-${name}-${file}`, bytes: bytes as Uint8Array }));
    const mapping = (name: string) =>
      file(
        `gzip/emnist-${name}-mapping.txt`,
        new TextEncoder().encode(
          Array.from({ length: 26 }, (_, i) => `${i + 1} ${65 + i} ${97 + i}`).join('\r\n'),
        ),
      );

    it('labels from 1 become classes from 0, called as mapping.txt says; pictures are turned upright', () => {
      const { train, test } = idxSplit([...set('letters'), mapping('letters')], { name: 'letters' });
      expect(train).toMatchObject({ name: 'letters/train', length: 52 });
      expect(test).toMatchObject({ name: 'letters/test', length: 26 });
      expect([train.classNames[0], train.classNames[25], train.labels[0], train.labels[25]]).toEqual([
        'Aa',
        'Zz',
        0,
        25,
      ]);
      expect([...train.images.subarray(0, 9)]).toEqual([0, 3, 6, 1, 4, 7, 2, 5, 8]);
    });

    it('without the mapping, by number', () => {
      expect(idxSplit(set('letters')).train.classNames.slice(0, 2)).toEqual(['1', '2']);
      const names = Array.from({ length: 26 }, (_, i) => `letter ${i}`);
      expect(idxSplit(set('letters'), { classNames: names }).test.labels[0]).toBe(0);
    });

    it('one of several is named', () => {
      const both = [...set('letters'), ...set('byclass', 0)];
      expect(() => idxSplit(both)).toThrow(
        expect.objectContaining({ code: 'ARGUMENT', received: 'letters, byclass' }),
      );
      expect(idxSplit(both, { set: 'byclass' }).train.classNames[0]).toBe('0');
      expect(() => idxSplit(both, { set: 'digits' })).toThrow(/a file emnist-digits-train-images-idx3-ubyte/);
    });

    it('a mapping that misses a label is refused', () => {
      const wrong = file('emnist-letters-mapping.txt', new TextEncoder().encode('1 65\n3 66\n'));
      expect(() => idxSplit([...set('letters'), wrong])).toThrow(
        expect.objectContaining({ code: 'FORMAT', received: '"3 66"' }),
      );
    });

    it('archives that are still packed are named', () => {
      expect(() => idxSplit([file('gzip.zip', new Uint8Array(2))])).toThrow(
        /received gzip\.zip\. Unpack the archives first\./,
      );
    });
  });

  it('field 27: reads what file.arrayBuffer() gives, and refuses an ArrayBuffer without a name by name', () => {
    const memory = good.map(({ name, bytes }) => ({ name, bytes: new Uint8Array(bytes).buffer }));
    expect(idxSplit(memory)).toEqual(idxSplit(good));
    const [, { bytes }] = memory as [NamedFile<ArrayBuffer>, NamedFile<ArrayBuffer>];
    expect(() => idxSplit(bytes as never)).toThrow(
      expect.objectContaining({
        code: 'ARGUMENT',
        received: 'an ArrayBuffer',
        fix: expect.stringContaining('file.arrayBuffer()'),
      }),
    );
    expect(() => idxSplit([bytes] as never)).toThrow(/received one that holds an ArrayBuffer/);
    const promised = [{ name: 'train-images-idx3-ubyte', bytes: Promise.resolve(bytes) as never }];
    expect(() => idxSplit(promised)).toThrow(/train-images-idx3-ubyte: .* received a Promise\. Await it/);
  });

  it('says so when there is no file at all', () => {
    expect(() => idxSplit([])).toThrow(/^idx: expected a file train-images-idx3-ubyte.* received no file\./);
  });
});

describe('isIdxFileName', () => {
  it.each([
    ['t10k-images-idx3-ubyte.gz', true],
    ['some/folder/train-labels-idx1-ubyte', true],
    ['train-images.idx3-ubyte', true],
    ['train-images-idx4-ubyte.gz', true],
    ['train-images-idx3-ubyte.zip', false],
    ['emnist-letters-test-images-idx3-ubyte.gz', true],
    ['emnist-letters-mapping.txt', true],
    ['emnist-train-images-idx3-ubyte', false],
    ['train-images-idx3-ubyte/notes.txt', false],
  ])('%s: %s', (name, expected) => expect(isIdxFileName(name)).toBe(expected));
});
