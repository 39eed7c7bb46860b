import { expect, it } from 'vitest';
import { movedTo } from './splitOptions.js';

const row = { name: 'csv', path: '/there/b.csv' };

it('pictures that were moved are read and divided as before', () => {
  const before = {
    name: 'csv',
    path: '/here/a.csv',
    dataName: 'a',
    maxPixels: 100,
    group: 'p\\d',
    shares: [70, 15, 15],
  };
  expect(movedTo(row, before)).toEqual({ ...before, path: '/there/b.csv' });
});

it('pictures that another source reads by now are divided as before', () => {
  const before = { name: 'zip', path: '/here/a.zip', dataName: 'a', splitSeed: 3 };
  expect(movedTo(row, before)).toEqual({ ...row, splitSeed: 3 });
});
