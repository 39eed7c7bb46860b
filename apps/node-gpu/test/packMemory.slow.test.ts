import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { uniforms } from '@residual/random';
import { expect, it } from 'vitest';
import { pngOf } from '../../../packages/pictures/test/pngOf.js';
import { start } from './residual.js';
import { folder, useCommand } from './tinyRun.js';

useCommand();

const SIDE = 64;
const CLASSES = 10;

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

/** The most memory that a training run held, in bytes. */
async function peakOf(data: string): Promise<number> {
  const words = [
    'train',
    '--data',
    data,
    '--pack',
    `${data}.pack`,
    '--limit',
    '64',
    '--epochs',
    '1',
    '--batch-size',
    '32',
  ];
  const { child, outcome } = start([
    ...words,
    '--model',
    'resnet18',
    '--size',
    '64',
    '--threads',
    '2',
    '--out',
    `${data}.run`,
  ]);
  let peak = 0;
  const timer = setInterval(() => {
    const found = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'));
    if (found) peak = Number(found[1]) * 1024;
  }, 50);
  child.once('exit', () => clearInterval(timer));
  expect(await outcome).toMatchObject({ code: 0 });
  return peak;
}

it.runIf(process.platform === 'linux')(
  'what a picture more takes of memory is a name and some numbers, never its pixels',
  { timeout: 1_800_000 },
  async () => {
    const few = await peakOf(writePictures('few', 10_000));
    const many = await peakOf(writePictures('many', 100_000));
    console.info(
      `peak: ${(few / 2 ** 20).toFixed(0)} MiB of 10,000 pictures, ${(many / 2 ** 20).toFixed(0)} MiB of 100,000`,
    );
    expect(many / few).toBeLessThan(1.1);
    expect((many - few) / 90_000).toBeLessThan(700); // its pixels are 12,288 bytes
  },
);
