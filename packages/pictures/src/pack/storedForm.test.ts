import type { RawPicture, Step } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { centerCrop, pad, resizeShortSide } from '../crop.js';
import { applySteps, defineStep } from '../step.js';
import { color, fitSubject, grey, lightOnDark, stretch } from '../steps.js';
import { keptSteps, storedForm } from './storedForm.js';

const invert = defineStep({
  name: 'invert',
  version: 11,
  apply: (picture) => ({ ...picture, data: picture.data.map((level) => 255 - level) }),
  size: (_, before) => before,
});

/** Noise with a hole in it, so that alpha matters. */
function picture(width: number, height: number, channels = 4): RawPicture {
  let state = width * 31 + height;
  const data = Uint8Array.from({ length: width * height * channels }, () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state >> 16;
  });
  return { data, width, height };
}

const pictures = [picture(50, 37), picture(37, 50, 3), picture(9, 7), picture(8, 8, 1), picture(200, 12, 2)];

describe('storedForm', () => {
  it.each<[string, Step[]]>([
    ['stretch', [color(), stretch({ height: 16, width: 20 })]],
    ['grey, stretch, bicubic', [grey(), stretch({ height: 16, width: 20, interpolation: 'bicubic' })]],
    [
      'resizeShortSide, centerCrop',
      [color(), resizeShortSide({ size: 18 }), centerCrop({ height: 16, width: 16 })],
    ],
    [
      'resizeShortSide before grey',
      [resizeShortSide({ size: 18 }), grey(), centerCrop({ height: 16, width: 16 })],
    ],
    ['a crop alone', [color(), centerCrop({ height: 16, width: 16 })]],
    ['pad at the end', [color(), stretch({ height: 8, width: 8 }), pad({ padding: 2 })]],
    [
      'a crop before a resize',
      [color(), centerCrop({ height: 16, width: 16 }), stretch({ height: 8, width: 8 })],
    ],
    [
      'two resizes',
      [
        color(),
        resizeShortSide({ size: 20 }),
        resizeShortSide({ size: 10 }),
        centerCrop({ height: 8, width: 8 }),
      ],
    ],
    ["Fashion-MNIST's", [grey(), lightOnDark(), fitSubject({ height: 28, width: 28 })]],
    [
      "Fashion-MNIST's, stretched",
      [grey(), lightOnDark(), fitSubject({ height: 28, width: 28 }), stretch({ height: 32, width: 32 })],
    ],
    ['a step that undoes itself', [invert(), color(), stretch({ height: 16, width: 16 })]],
    ['none', []],
  ])('%s: steps make the same bytes of what is kept, and it is never enlarged', (_, steps) => {
    const stored = storedForm(steps);
    for (const original of pictures) {
      const kept = stored(original);
      expect(kept.data.length).toBeLessThanOrEqual(original.data.length);
      expect(kept.width * kept.height).toBeLessThanOrEqual(original.width * original.height);
      // Also those that training leaves the crops at the end away of, and a stretch at the end that the device does.
      const from = keptSteps(steps).length;
      for (let count = from; count <= steps.length; count++) {
        expect(applySteps(kept, steps.slice(0, count))).toEqual(applySteps(original, steps.slice(0, count)));
      }
    }
  });

  it('is as the resize leaves it, or what is smaller', () => {
    const sizes = (steps: Step[]) =>
      pictures.map((original) => {
        const { width, height, data } = storedForm(steps)(original);
        return [height, width, data.length / (width * height)];
      });
    const shortSide = [color(), resizeShortSide({ size: 18 }), centerCrop({ height: 16, width: 16 })];
    expect(sizes(shortSide)).toEqual([
      [18, 24, 3],
      [24, 18, 3],
      [7, 9, 3],
      [8, 8, 1],
      [12, 200, 2],
    ]);
    expect(sizes([grey(), stretch({ height: 10, width: 10 })])).toEqual([
      [10, 10, 1],
      [10, 10, 1],
      [7, 9, 1],
      [8, 8, 1],
      [10, 10, 1],
    ]);
  });
});

describe('keptSteps', () => {
  it('are those up to where all pictures have one size, without crops at the end', () => {
    const resize = resizeShortSide({ size: 36 });
    const crop = centerCrop({ height: 32, width: 32 });
    const small = stretch({ height: 40, width: 40 });
    expect(keptSteps([color(), resize, crop])).toEqual([color(), resize]);
    expect(keptSteps([color(), resize, crop, small])).toEqual([color(), resize]);
    expect(keptSteps([color(), small, grey()])).toEqual([color(), small]);
    expect(keptSteps([color(), crop])).toEqual([color()]);
    expect(keptSteps([crop])).toEqual([]);
    expect(keptSteps([resize, grey()])).toEqual([resize, grey()]);
  });
});
