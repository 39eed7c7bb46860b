import { existsSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { folders } from '../../test/pictureFiles.js';
import { packHeader } from '../pack/packFormat.js';
import { trim } from './packStore.js';

const folder = folders();

it('139 a cache over its limit: the packs that were unused for the longest time are removed, no other file', async () => {
  const path = folder({});
  const hour = (hours: number) => new Date(Date.now() - hours * 3_600_000);
  const made = (
    name: string,
    hours: number,
    content: Uint8Array | string = new Uint8Array([...packHeader(), 1]),
  ) => {
    writeFileSync(join(path, name), content);
    utimesSync(join(path, name), hour(hours), hour(hours));
  };
  made('old.pack', 50);
  made('older.pack', 90);
  made('mine.pack', 99, 'no pack at all');
  made('mine.txt', 99);
  made('new.pack', 1);
  made('in use.pack', 95);
  made('.residual-1-0123456789ab.tmp', 25);
  made('.residual-2-0123456789ab.tmp', 1);
  await trim(path, join(path, 'in use.pack'), 3 * 17 + 14);
  const left = (name: string) => existsSync(join(path, name));
  expect(['older.pack', '.residual-1-0123456789ab.tmp'].filter(left)).toEqual([]);
  const kept = [
    'old.pack',
    'mine.pack',
    'mine.txt',
    'new.pack',
    'in use.pack',
    '.residual-2-0123456789ab.tmp',
  ];
  expect(kept.filter(left)).toEqual(kept);
  await trim(path, join(path, 'in use.pack'), 0);
  expect(['old.pack', 'new.pack'].filter(left)).toEqual([]);
  expect(['mine.pack', 'in use.pack'].filter(left)).toHaveLength(2);
});
