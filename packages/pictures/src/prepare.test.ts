import type { RawPicture } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { groundLevel, lighten } from './ground.js';
import * as prepare from './prepare.js';
import { fitSubject, grey, lightOnDark } from './steps.js';

/** As Fashion-MNIST's task does. */
function preparePicture(
  picture: RawPicture,
  { size: [height, width] = [28, 28] }: { size?: [height: number, width: number] } = {},
): Uint8Array {
  const steps = [grey(), lightOnDark(), fitSubject({ height, width })];
  return prepare.preparePicture(picture, { steps, picture: { height, width, channels: 1 } });
}

/** An RGB photo: `subject` inside the box, `ground` around it. */
function photo(width: number, height: number, ground: number, subject: number, box: number[]) {
  const [left = 0, top = 0, right = 0, bottom = 0] = box;
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) {
    const x = Math.floor(i / 3) % width;
    const y = Math.floor(i / 3 / width);
    data[i] = x >= left && x < right && y >= top && y < bottom ? subject : ground;
  }
  return { data, width, height };
}

/** The box of 28x28 pixels that is not black, as [left, top, right, bottom], and the levels in it. */
function found(pixels: Uint8Array) {
  const lit = [...pixels.keys()].filter((i) => pixels[i]! > 0);
  const xs = lit.map((i) => i % 28);
  const ys = lit.map((i) => Math.floor(i / 28));
  const box = [Math.min(...xs), Math.min(...ys), Math.max(...xs) + 1, Math.max(...ys) + 1];
  return { box, levels: [...new Set(lit.map((i) => pixels[i]))] };
}

describe('groundLevel', () => {
  it('is the median of the corners: one corner covered by the subject does not matter', () => {
    const picture = { data: new Uint8Array(28 * 28).fill(9), width: 28, height: 28 };
    picture.data[0] = 255;
    expect(groundLevel(picture)).toBe(9);
  });

  it('looks at 1/28 of a large picture, and at a single pixel', () => {
    const large = { data: new Uint8Array(280 * 56).fill(255), width: 280, height: 56 };
    for (const row of [0, 1, 54, 55]) large.data.fill(3, row * 280, row * 280 + 2);
    for (const row of [0, 1, 54, 55]) large.data.fill(3, row * 280 + 278, row * 280 + 280);
    expect(groundLevel(large)).toBe(3);
    expect(groundLevel({ data: Uint8Array.of(77), width: 1, height: 1 })).toBe(77);
  });
});

describe('preparePicture', () => {
  it('leaves a picture of the data set unchanged', () => {
    const data = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 > 3 && i % 28 < 24 ? (i * 7) % 256 : 0));
    expect(preparePicture({ data, width: 28, height: 28 })).toEqual(data);
  });

  it('negates a 28x28 picture on white', () => {
    const data = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 > 3 && i % 28 < 24 ? i % 256 : 255));
    expect(preparePicture({ data, width: 28, height: 28 })).toEqual(data.map((level) => 255 - level));
  });

  it('turns a photo on white into light on black, filling the square, in the middle', () => {
    const shoe = photo(400, 300, 255, 55, [30, 200, 310, 280]); // 280 x 80 pixels
    expect(found(preparePicture(shoe))).toEqual({ box: [0, 10, 28, 18], levels: [200] });
  });

  it('fits tall subjects, and subjects smaller than the result', () => {
    const dress = photo(100, 600, 255, 0, [40, 20, 100, 580]);
    expect(found(preparePicture(dress)).box).toEqual([13, 0, 16, 28]);
    const dot = photo(20, 20, 0, 250, [5, 5, 12, 12]); // light on dark already
    expect(found(preparePicture(dot))).toEqual({ box: [0, 0, 28, 28], levels: [250] });
  });

  it('makes a greyish ground black', () => {
    const onPaper = photo(56, 56, 225, 0, [14, 14, 42, 42]);
    const negative = preparePicture(onPaper);
    expect(new Set(negative)).toEqual(new Set([255])); // the subject fills the square
    const tall = photo(56, 56, 225, 0, [21, 0, 35, 56]);
    expect(found(preparePicture(tall))).toEqual({ box: [11, 0, 18, 28], levels: [255] });
  });

  it('reads a transparent ground as white paper', () => {
    const data = new Uint8Array(56 * 56 * 4); // black, but wholly transparent
    for (let i = 4 * 56 * 20; i < 4 * 56 * 36; i += 4) data.set([40, 40, 40, 255], i); // an opaque grey band
    const pixels = preparePicture({ data, width: 56, height: 56 });
    expect(found(pixels)).toEqual({ box: [0, 10, 28, 18], levels: [215] });
  });

  it('gives black for a blank page, and any size that is asked for', () => {
    const blank = photo(90, 40, 255, 255, []);
    expect(preparePicture(blank)).toEqual(new Uint8Array(784));
    expect(preparePicture(blank, { size: [32, 20] }).length).toBe(640);
  });

  it('survives one pixel and a line of one pixel', () => {
    expect(preparePicture({ data: Uint8Array.of(200), width: 1, height: 1 })).toEqual(new Uint8Array(784));
    const line = photo(1000, 1000, 0, 255, [0, 500, 1000, 501]);
    expect(found(preparePicture(line)).box).toEqual([0, 14, 28, 15]);
  });
});

describe('lighten', () => {
  it('is its own answer the second time', () => {
    const once = lighten({ data: Uint8Array.of(250, 10, 250, 250), width: 2, height: 2 });
    expect([...once.data]).toEqual([5, 245, 5, 5]);
    expect(lighten(once)).toBe(once);
  });
});
