import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { requireDrawing } from './place.js';

const folder = mkdtempSync(join(tmpdir(), 'residual-place-'));
afterAll(() => rmSync(folder, { recursive: true }));

it.each([
  ['nothing', undefined],
  ['an empty file', ''],
  ['an earlier drawing', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0)],
])('draws where there is %s', async (name, bytes) => {
  const path = join(folder, name);
  if (bytes !== undefined) writeFileSync(path, bytes);
  await expect(requireDrawing(path, '--preview')).resolves.toBeUndefined();
});

it('refuses to draw over anything else', async () => {
  const path = join(folder, 'photos.csv');
  writeFileSync(path, 'path,label\n');
  await expect(requireDrawing(path, '--preview')).rejects.toMatchObject({
    code: 'USAGE',
    where: `--preview ${path}`,
    received: 'another file, which would be lost',
  });
});
