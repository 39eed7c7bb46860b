import { describe, expect, it } from 'vitest';
import { toColor, toGrey } from './grey.js';

describe('toGrey', () => {
  // The expected levels are those of Pillow 13: Image.new('RGB', (1, 1), colour).convert('L').
  it.each([
    [[255, 0, 0], 76],
    [[0, 255, 0], 150],
    [[0, 0, 255], 29],
    [[255, 255, 255], 255],
    [[0, 0, 0], 0],
    [[1, 2, 3], 2],
    [[12, 200, 77], 130],
    [[254, 1, 128], 91],
  ])('RGB %j is %i, as in Pillow', (color, level) => {
    expect([...toGrey({ data: Uint8Array.from(color), width: 1, height: 1 }).data]).toEqual([level]);
  });

  it('takes grey as it is', () => {
    const data = Uint8Array.of(0, 1, 254, 255);
    expect(toGrey({ data, width: 2, height: 2 }).data).toEqual(data);
  });

  it('lays transparent pixels over the background', () => {
    const rgba = Uint8ClampedArray.of(10, 10, 10, 0, 10, 10, 10, 255, 0, 0, 0, 128);
    const picture = { data: rgba, width: 3, height: 1 };
    expect([...toGrey(picture).data]).toEqual([255, 10, 127]);
    expect([...toGrey(picture, 0).data]).toEqual([0, 10, 0]);
    expect([...toGrey({ data: Uint8Array.of(10, 0, 10, 255), width: 2, height: 1 }).data]).toEqual([255, 10]);
  });

  it('field 15: puts black behind ink that white would hide, and white behind any other', () => {
    const ink = (level: number) => ({ data: Uint8Array.of(level, 255, 0, 0), width: 2, height: 1 });
    expect([...toGrey(ink(250)).data]).toEqual([250, 0]);
    expect([...toGrey(ink(240)).data]).toEqual([240, 255]);
    expect([...toGrey(ink(250), 255).data]).toEqual([250, 255]);
    const yellow = { data: Uint8Array.of(255, 255, 240, 255, 9, 9, 9, 0), width: 2, height: 1 };
    expect([...toColor(yellow).data]).toEqual([255, 255, 240, 0, 0, 0]);
  });

  it('colours that nothing shines through stay as they are', () => {
    const opaque = { data: Uint8Array.of(1, 2, 3, 255, 250, 251, 252, 255), width: 2, height: 1 };
    expect([...toColor(opaque).data]).toEqual([1, 2, 3, 250, 251, 252]);
    expect(toColor({ ...toColor(opaque) })).toEqual(toColor(opaque));
  });

  it.each([
    ['too few bytes', { data: new Uint8Array(11), width: 2, height: 2 }],
    ['five channels', { data: new Uint8Array(20), width: 2, height: 2 }],
    ['no pixels', { data: new Uint8Array(0), width: 0, height: 0 }],
    ['a fractional height', { data: new Uint8Array(3), width: 2, height: 1.5 }],
    ['negative sides', { data: new Uint8Array(4), width: -2, height: -2 }],
    ['floats', { data: new Float32Array(4) as never, width: 2, height: 2 }],
    ['16 bits', { data: new Uint16Array(4) as never, width: 2, height: 2 }],
    ['no data', { data: undefined as never, width: 2, height: 2 }],
    ['a fractional width', { data: new Uint8Array(3), width: 1.5, height: 2 }],
  ])('refuses %s', (_, picture) => {
    expect(() => toGrey(picture)).toThrow(
      expect.objectContaining({ code: 'MISMATCH', message: expect.stringContaining('1 to 4 bytes') }),
    );
  });
});
