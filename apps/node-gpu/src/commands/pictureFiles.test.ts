import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inGroups, pictureFiles } from './pictureFiles.js';

const folder = mkdtempSync(join(tmpdir(), 'residual-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const item of items) found.push(item);
  return found;
}

describe('pictureFiles', () => {
  it("gives a folder's pictures in natural order, by content or by name, and files as they are named", async () => {
    mkdirSync(join(folder, 'b', 'c'), { recursive: true });
    for (const name of ['10.png', '2.png', 'b/c/1.jpg', '.hidden.png', 'b/Thumbs.db']) {
      writeFileSync(join(folder, name), '');
    }
    writeFileSync(join(folder, 'nameless'), Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'));
    writeFileSync(join(folder, 'notes.txt'), 'nothing to see');
    const names = ['2.png', '10.png', 'b/c/1.jpg', 'nameless'].map((name) => join(folder, name));
    expect(await all(pictureFiles(['gone.png', folder]))).toEqual(['gone.png', ...names]);
  });

  it('refuses a folder without a picture', async () => {
    const empty = join(folder, 'b', 'empty');
    mkdirSync(empty, { recursive: true });
    await expect(all(pictureFiles([empty]))).rejects.toThrow(
      `${empty}: expected a folder with pictures in it, received one without. Check the path.`,
    );
  });
});

describe('inGroups', () => {
  it('gives groups that are full, and what is there when the next has to be waited for', async () => {
    let go = () => {};
    const waiting = new Promise<void>((resolve) => {
      go = resolve;
    });
    async function* items() {
      yield* [1, 2, 3, 4, 5];
      await waiting;
      yield* [6, 7];
    }
    const groups = inGroups(items(), 3);
    expect((await groups.next()).value).toEqual([1, 2, 3]);
    expect((await groups.next()).value).toEqual([4, 5]); // though 6 isn't there yet
    go();
    expect((await groups.next()).value).toEqual([6, 7]);
    expect(await groups.next()).toEqual({ done: true, value: undefined });
  });

  it('gives what came before an error, and then throws it', async () => {
    async function* items() {
      yield 1;
      throw new Error('gone');
    }
    const groups = inGroups(items(), 3);
    expect((await groups.next()).value).toEqual([1]);
    await expect(groups.next()).rejects.toThrow('gone');
  });
});
