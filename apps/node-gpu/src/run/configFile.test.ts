import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfigFile } from './configFile.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'residual-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function dataIn(data: object): Promise<unknown> {
  const file = join(folder, 'mine.json');
  writeFileSync(file, JSON.stringify({ environment: { data } }));
  return (await readConfigFile(file)).data;
}

describe('the pictures of a configuration file', () => {
  it.each(['folder', 'csv', 'zip', 'idx', 'npz', 'cifar10'])('lie beside it: %s', async (name) => {
    expect(await dataIn({ name, path: '../mine' })).toEqual({ name, path: resolve(folder, '..', 'mine') });
  });

  it("are where a user's own source says", async () => {
    const own = { name: 'own', version: 1, path: 'shelf/3' };
    expect(await dataIn(own)).toEqual(own);
  });
});
