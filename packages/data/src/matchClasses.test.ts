import { describe, expect, it } from 'vitest';
import { pictureDataset } from './dataset.js';
import { matchClasses } from './matchClasses.js';
import { datasetSource } from './sourceLoader.js';

/** Six pictures of two bytes, the first of which is their number. */
const other = pictureDataset({
  name: 'other',
  images: Uint8Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? i / 2 : 200)),
  labels: [0, 1, 2, 1, 0, 3],
  shape: [1, 2, 1],
  classNames: ['dog', 'cat', 'zebra', 'cafe\u0301', 'empty'],
});
const known = ['caf\u00e9', 'bird', 'cat', 'dog'];

describe('matchClasses', () => {
  it('matches by name, never by number, and leaves out and counts what is unknown', async () => {
    const { pictures, missing, unknown } = matchClasses(other, known);
    expect([...pictures.labels]).toEqual([3, 2, 2, 3, 0]);
    expect([...pictures.images]).toEqual([0, 200, 1, 200, 3, 200, 4, 200, 5, 200]);
    expect(pictures).toMatchObject({ length: 5, classNames: known, name: 'other' });
    expect({ missing, unknown }).toEqual({ missing: ['bird'], unknown: [{ className: 'zebra', count: 1 }] });
    const source = matchClasses(datasetSource(other), known).pictures;
    expect([...source.labels]).toEqual([3, 2, 2, 3, 0]);
    const read = await source.read(Uint32Array.of(4, 2));
    expect(read.map(({ data }) => data[0])).toEqual([5, 3]);
  });

  it('tells the file of each picture that is left, not of the one that had its place', () => {
    const origin = (i: number) => ({ path: `${i}.png`, sha256: '', width: 2, height: 1 });
    const { pictures } = matchClasses({ ...datasetSource(other), origin }, known);
    expect([0, 1, 2, 3, 4].map((i) => pictures.origin?.(i).path)).toEqual(
      [0, 1, 3, 4, 5].map((i) => `${i}.png`),
    );
  });

  it('leaves pictures of the same classes as they are', () => {
    expect(matchClasses(other, other.classNames)).toEqual({
      pictures: other,
      missing: ['empty'],
      unknown: [],
    });
  });

  it('refuses pictures of other classes only, though they be as many', () => {
    expect(() => matchClasses(other, ['0', '1', '2', '3', 'empty'])).toThrow(
      'other: classNames: expected pictures of a class that the network knows: 0, 1, 2, 3, empty, ' +
        'received those of dog, cat, zebra, cafe\u0301, empty. ',
    );
  });
});
