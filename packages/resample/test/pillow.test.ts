import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Interpolation, ResampleError, resizePicture } from '../src/index.js';

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

describe(`the bytes of Pillow ${pillow}`, () => {
  for (const { interpolation, channels, from, to, x, y } of cases) {
    it(`${interpolation}, ${from.join(' x ')} to ${to.join(' x ')}, ${channels} channels`, () => {
      const picture = { data: bytes(x), height: from[0], width: from[1] };
      const resized = resizePicture(picture, to[0], to[1], { interpolation });
      expect(resized).toEqual({ data: bytes(y), height: to[0], width: to[1] });
      expect(picture.data).toEqual(bytes(x));
    });
  }

  it('cover each number of channels and both filters', () => {
    expect(new Set(cases.map(({ interpolation, channels }) => `${interpolation} ${channels}`)).size).toBe(8);
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
