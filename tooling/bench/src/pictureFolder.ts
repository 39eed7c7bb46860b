import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniforms } from '@residual/random';

/** Of ImageNet's pictures, the size that most have. */
const [WIDTH, HEIGHT] = [500, 375];
const FEWEST_CLASSES = 4;
/** Pixels between two levels that are drawn: as much detail as photographs have, some 60 kB a picture. */
const GRAIN = 6;

const made = new Map<string, Promise<string>>();

/**
 * A folder with `train`, of so many JPEGs in a few classes, and `test`, of one picture each; the same bytes each time. It is removed when the
 * process ends.
 */
export function pictureFolder(count: number, classCount = FEWEST_CLASSES): Promise<string> {
  const key = `${count}, ${classCount}`;
  const known = made.get(key);
  if (known !== undefined) return known;
  const folder = make(count, classCount);
  made.set(key, folder);
  return folder;
}

async function make(count: number, classCount: number): Promise<string> {
  // Here, so that what needs no pictures runs where sharp is not installed.
  const { default: sharp } = await import('sharp');
  const folder = mkdtempSync(join(tmpdir(), 'residual-bench-pictures-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (let i = 0; i < count + classCount; i++) {
    const place = join(folder, i < count ? 'train' : 'test', `class${i % classCount}`);
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
