import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { uniforms } from '@residual/random';
import { expect, it } from 'vitest';
import { pngOf } from '../../../packages/pictures/test/pngOf.js';
import { peakOf } from './peak.js';
import { folder, useCommand } from './tinyRun.js';

useCommand();

const SIDE = 64;
const CLASSES = 10;
const [FEW, MANY] = [5000, 45_000];

/** Squares of colours that are drawn. */
function picture(seed: number): Uint8Array {
  const levels = uniforms({ seed, purpose: 'picture' }, 8 * 8 * 3);
  const rows = Buffer.alloc(SIDE * (1 + SIDE * 3)); // each begins with its filter, none
  for (let y = 0; y < SIDE; y++) {
    for (let i = 0; i < SIDE * 3; i++) {
      const square = (y >> 3) * 8 + (Math.floor(i / 3) >> 3);
      rows[y * (1 + SIDE * 3) + 1 + i] = 256 * levels[square * 3 + (i % 3)]!;
    }
  }
  return pngOf({ width: SIDE, height: SIDE, rows: deflateSync(rows, { level: 1 }) });
}

/** A folder of so many PNGs of 64x64, no two alike, in no parts: which are for what is computed too. */
function writePictures(name: string, count: number): string {
  const path = join(folder.path, name);
  for (let i = 0; i < count; i++) {
    const place = join(path, `class ${i % CLASSES}`);
    if (i < CLASSES) mkdirSync(place, { recursive: true });
    writeFileSync(join(place, `${i}.png`), picture(i));
  }
  return path;
}

/** So that garbage and free memory aren't taken for what pictures need: how much V8 and malloc keep depends on how busy the machine is. */
const LITTLE_SPARE = {
  NODE_OPTIONS: '--max-old-space-size=96 --max-semi-space-size=2',
  MALLOC_ARENA_MAX: '1',
};

/** The most memory that a training run on these pictures held, in bytes. */
function peakOfTraining(data: string): Promise<number> {
  const pictures = ['--data', data, '--pack', `${data}.pack`, '--limit', '64', '--size', '64'];
  const run = ['--model', 'resnet20', '--epochs', '1', '--batch-size', '16', '--threads', '1'];
  return peakOf(['train', ...pictures, ...run, '--out', `${data}.run`], LITTLE_SPARE);
}

it.runIf(process.platform === 'linux')(
  'what a picture more takes of memory is a name and some numbers, never its pixels',
  { timeout: 1_800_000 },
  async () => {
    const few = await peakOfTraining(writePictures('few', FEW));
    const many = await peakOfTraining(writePictures('many', MANY));
    console.info(
      `peak: ${(few / 2 ** 20).toFixed(0)} MiB of ${FEW} pictures, ${(many / 2 ** 20).toFixed(0)} MiB of ${MANY}`,
    );
    expect(many / few).toBeLessThan(1.1);
    expect((many - few) / (MANY - FEW)).toBeLessThan(700); // its pixels are 12,288 bytes
  },
);
