import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniforms } from '@residual/random';

/** Of ImageNet's pictures, the size that most have. */
const [WIDTH, HEIGHT] = [500, 375];
const CLASSES = 4;
/** Pixels between two levels that are drawn: as much detail as photographs have, some 60 kB a picture. */
const GRAIN = 6;

const made = new Map<number, Promise<string>>();

/**
 * A folder with `train`, of so many JPEGs in four classes, and `test`, of one picture each; the same bytes each time. It is removed when the
 * process ends.
 */
export function pictureFolder(count: number): Promise<string> {
  const known = made.get(count);
  if (known !== undefined) return known;
  const folder = make(count);
  made.set(count, folder);
  return folder;
}

async function make(count: number): Promise<string> {
  // Here, so that what needs no pictures runs where sharp is not installed.
  const { default: sharp } = await import('sharp');
  const folder = mkdtempSync(join(tmpdir(), 'residual-bench-pictures-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (let i = 0; i < count + CLASSES; i++) {
    const place = join(folder, i < count ? 'train' : 'test', `class${i % CLASSES}`);
    mkdirSync(place, { recursive: true });
    const [width, height] = [Math.ceil(WIDTH / GRAIN), Math.ceil(HEIGHT / GRAIN)];
    const levels = uniforms({ seed: i, purpose: 'picture' }, width * height * 3);
    const noise = Uint8Array.from(levels, (level) => 256 * level);
    await sharp(noise, { raw: { width, height, channels: 3 } })
      .resize(WIDTH, HEIGHT, { kernel: 'cubic', fit: 'fill' })
      .jpeg({ quality: 90 })
      .toFile(join(place, `${i}.jpg`));
  }
  return folder;
}
