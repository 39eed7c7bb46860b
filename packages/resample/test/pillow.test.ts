import { readFileSync } from 'node:fs';
import { uniforms } from '@residual/random';
import { describe, expect, it, vi } from 'vitest';
import { axisOf } from '../src/axis.js';
import { type Interpolation, isVerticalFirst, ResampleError, resizePicture } from '../src/index.js';
import { plainPasses } from '../src/plainPasses.js';
import { vectorPasses } from '../src/vectorPasses.js';

interface Case {
  interpolation: Interpolation;
  channels: number;
  from: [number, number];
  to: [number, number];
  x: string;
  y: string;
}

// Written by tooling/fixtures/resample.py with Pillow itself.
const file = new URL('../fixtures/pillow.json', import.meta.url);
const { pillow, cases } = JSON.parse(readFileSync(file, 'utf8')) as { pillow: string; cases: Case[] };

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

const ways = { 'WebAssembly SIMD': resizePicture, JavaScript: await withoutWebAssembly() };

async function withoutWebAssembly(): Promise<typeof resizePicture> {
  vi.resetModules();
  const plain = await import('../src/index.js');
  return (...given) => {
    vi.stubGlobal('WebAssembly', undefined);
    try {
      return plain.resizePicture(...given);
    } finally {
      vi.unstubAllGlobals();
    }
  };
}

describe.each(Object.entries(ways))(`the bytes of Pillow ${pillow}, in %s`, (_, resize) => {
  for (const { interpolation, channels, from, to, x, y } of cases) {
    it(`${interpolation}, ${from.join(' x ')} to ${to.join(' x ')}, ${channels} channels`, () => {
      const picture = { data: bytes(x), height: from[0], width: from[1] };
      const resized = resize(picture, to[0], to[1], { interpolation });
      expect(resized).toEqual({ data: bytes(y), height: to[0], width: to[1] });
      expect(picture.data).toEqual(bytes(x));
    });
  }
});

it('the cases cover each number of channels and both filters', () => {
  expect(new Set(cases.map(({ interpolation, channels }) => `${interpolation} ${channels}`)).size).toBe(8);
});

describe('the passes in WebAssembly', () => {
  // Several bands, sides that vectors don't divide, one side only, either order, more memory than before and less again.
  it.each([
    [375, 500, 147, 196],
    [501, 333, 64, 77],
    [700, 90, 20, 89],
    [301, 401, 301, 57],
    [301, 401, 57, 401],
    [31, 45, 224, 301],
    [1, 1000, 1, 3],
    [3, 4, 2, 3],
  ])('make the bytes of those in JavaScript, of %i x %i to %i x %i', (height, width, toHeight, toWidth) => {
    for (const channels of [1, 2, 3, 4]) {
      for (const interpolation of ['bilinear', 'bicubic'] as const) {
        const data = new Uint8Array(height * width * channels);
        const levels = uniforms({ seed: channels, purpose: 'picture' }, data.length);
        data.forEach((_, i) => {
          data[i] = 256 * levels[i]!;
        });
        const along = axisOf(width, toWidth, interpolation);
        const down = axisOf(height, toHeight, interpolation);
        const axes = {
          along,
          down,
          isVerticalFirst: isVerticalFirst([height, width], [toHeight, toWidth]),
        };
        const made = vectorPasses(data, axes, channels)!;
        expect(Buffer.compare(made, plainPasses(data, axes, channels))).toBe(0);
      }
    }
  });

  it('leave to the others what would take too much of the memory that stays', () => {
    const axis = axisOf(10_000, 9_999, 'bilinear');
    const axes = { along: axis, down: axis, isVerticalFirst: false };
    expect(vectorPasses(new Uint8Array(0), axes, 1)).toBeUndefined();
  });
});

describe('what it refuses', () => {
  const picture = { data: new Uint8Array(6), height: 2, width: 3 };

  function problem(resize: () => unknown): ResampleError {
    try {
      resize();
    } catch (error) {
      if (error instanceof ResampleError) return error;
    }
    throw new Error('expected a ResampleError');
  }

  it.each([0, -1, 1.5, Number.NaN])('a height of %s', (height) => {
    const error = problem(() => resizePicture(picture, height, 3));
    expect(error).toMatchObject({
      code: 'ARGUMENT',
      expected: 'a positive integer',
      received: String(height),
    });
  });

  it.each([0, 5, 30])('a picture of 2 x 3 with %i bytes', (length) => {
    const error = problem(() => resizePicture({ ...picture, data: new Uint8Array(length) }, 1, 1));
    expect(error.message).toBe(
      `resizePicture: picture: expected 1 to 4 bytes for each of 2 x 3 pixels, received ${length} bytes. ` +
        'Give all rows and channels of the picture, one byte each, and its own width and height.',
    );
  });

  it('an interpolation it does not have', () => {
    const error = problem(() => resizePicture(picture, 1, 1, { interpolation: 'toString' as Interpolation }));
    expect(error).toMatchObject({ expected: "'bilinear' or 'bicubic'", received: '"toString"' });
  });
});
