import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp from 'sharp';
import { afterAll } from 'vitest';

/** A PNG of one colour, all of whose pictures differ by their level. */
export async function png(level: number, { width = 9, height = 7, grey = false } = {}): Promise<Uint8Array> {
  const background = grey ? { r: level, g: level, b: level } : { r: level, g: 40, b: 90 };
  return new Uint8Array(
    await sharp({ create: { width, height, channels: 3, background } })
      .png()
      .toBuffer(),
  );
}

/** Folders that are removed after the tests of a file. */
export function folders(): (files: Record<string, string | Uint8Array>) => string {
  const root = mkdtempSync(join(tmpdir(), 'residual-pictures-'));
  afterAll(() => rmSync(root, { recursive: true }));
  let count = 0;
  return (files) => {
    const folder = join(root, String(count++), 'photos');
    mkdirSync(folder, { recursive: true });
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      if (!path.endsWith('/')) writeFileSync(join(folder, path), content);
      else mkdirSync(join(folder, path), { recursive: true });
    }
    return folder;
  };
}
