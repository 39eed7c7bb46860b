import { readFileSync } from 'node:fs';
import { decodeSafetensors } from '@residual/weights';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { alternatingFlip, horizontalFlip, randomFlip, shiftedCrop } from './augment.js';
import { colorJitter } from './colorJitter.js';
import { centerCrop, resizeShortSide } from './crop.js';
import { preparePicture } from './prepare.js';
import { randomResizedCrop } from './randomBox.js';
import { applySteps, augmentationsOf, definedSteps, defineStep, describeSteps, mirrors } from './step.js';
import { color, fitSubject, grey, lightOnDark, stretch } from './steps.js';

const cut = defineStep({
  name: 'cutTop',
  version: 2,
  parameters: v.strictObject({ rows: v.pipe(v.number(), v.integer(), v.minValue(1)) }),
  apply: ({ data, width, height }, { rows }) => ({
    data: data.subarray((data.length / height) * rows),
    width,
    height: height - rows,
  }),
});
const picture = { data: Uint8Array.of(1, 2, 3, 4, 5, 6), width: 2, height: 3 };

describe('defineStep', () => {
  it('makes rows that name it, and applySteps runs them in order', () => {
    expect(cut({ rows: 1 })).toEqual({ name: 'cutTop', version: 2, rows: 1 });
    const rows = JSON.parse(JSON.stringify([cut({ rows: 1 }), cut({ rows: 1 }), color()]));
    expect(applySteps(picture, rows)).toEqual({ data: Uint8Array.of(5, 5, 5, 6, 6, 6), width: 2, height: 1 });
  });

  it('built-in rows have no version', () => {
    expect([grey(), fitSubject({ height: 28, width: 20 }), shiftedCrop({ padding: 2 })]).toEqual([
      { name: 'grey' },
      { name: 'fitSubject', height: 28, width: 20 },
      { name: 'shiftedCrop', padding: 2 },
    ]);
  });

  it.each([
    [
      'a step that nothing defines',
      () => applySteps(picture, [{ name: 'blur' }]),
      'NOT_REGISTERED',
      /Import the module that defines it with defineStep/,
    ],
    [
      'another version',
      () => applySteps(picture, [{ ...cut({ rows: 1 }), version: 1 }]),
      'NOT_REGISTERED',
      /received cutTop version 1/,
    ],
    [
      'a wrong parameter',
      () => cut({ rows: 0 }),
      'ARGUMENT',
      /cutTop version 2: rows: expected at least 1, received 0/,
    ],
    [
      'a wrong parameter in a row',
      () => applySteps(picture, [{ name: 'fitSubject', height: 3 }]),
      'ARGUMENT',
      /steps\.0 \(fitSubject\): width/,
    ],
    [
      'a parameter of a step without any',
      () => applySteps(picture, [{ name: 'lightOnDark', by: 1 }]),
      'ARGUMENT',
      /by: expected no such field/,
    ],
    [
      'a step of training among the others',
      () => applySteps(picture, [randomFlip()]),
      'ARGUMENT',
      /steps\.0 \(randomFlip\)/,
    ],
    ['a step among those of training', () => augmentationsOf([grey()]), 'ARGUMENT', /augment\.0 \(grey\)/],
    [
      'a name that is taken',
      () => defineStep({ name: 'grey', apply: (p) => p }),
      'ARGUMENT',
      /defined already/,
    ],
    [
      'color before lightOnDark',
      () => applySteps(picture, [color(), lightOnDark()]),
      'MISMATCH',
      /received 3 channels/,
    ],
  ])('refuses %s', (_, run, code, message) => {
    expect(run).toThrow(expect.objectContaining({ name: 'PicturesError', code }));
    expect(run).toThrow(message);
  });
});

describe('color', () => {
  it('repeats grey, keeps RGB, and lays transparent pixels over the background', () => {
    const apply = (data: number[], width: number, background?: number) => [
      ...applySteps({ data: Uint8Array.from(data), width, height: 1 }, [color({ background })]).data,
    ];
    expect(apply([7, 9], 2)).toEqual([7, 7, 7, 9, 9, 9]);
    expect(apply([1, 2, 3, 4, 5, 6], 2)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(apply([1, 2, 3, 0, 4, 5, 6, 255], 2)).toEqual([255, 255, 255, 4, 5, 6]);
    expect(apply([1, 2, 3, 0], 1, 0)).toEqual([0, 0, 0]);
  });
});

describe('stretch', () => {
  // What ops.resizeBilinear must give on each backend, written with Pillow.
  const file = new URL('../../conformance/fixtures/resizeBilinear.safetensors', import.meta.url);
  const { tensors } = decodeSafetensors(readFileSync(file));
  const names = [...tensors.keys()].filter((name) => name.endsWith('.x'));

  it.each(names)("gives the bytes of the device's bilinear resize (case %s)", (name) => {
    const [x, y] = [tensors.get(name)!, tensors.get(name.replace('.x', '.y'))!];
    const [count = 0, height = 0, width = 0] = x.shape;
    const [, newHeight = 0, newWidth = 0] = y.shape;
    const parts = (values: Uint8Array) =>
      Array.from({ length: count }, (_, i) =>
        Uint8Array.from(values.slice((i * values.length) / count, ((i + 1) * values.length) / count)),
      );
    const row = stretch({ height: newHeight, width: newWidth, interpolation: 'bilinear' });
    const resized = parts(x.data as Uint8Array).map(
      (data) => applySteps({ data, height, width }, [row]).data,
    );
    expect(resized).toEqual(parts(y.data as Uint8Array));
  });

  it('says how in its row', () => {
    expect(names.length).toBeGreaterThan(5);
    expect(stretch({ height: 4, width: 6 })).toEqual({
      name: 'stretch',
      height: 4,
      width: 6,
      interpolation: 'bilinear',
    });
    expect(() => stretch({ height: 4, width: 6, interpolation: 'nearest' as never })).toThrow(
      /interpolation: expected \("bilinear" \| "bicubic"\), received "nearest"/,
    );
  });
});

describe('preparePicture', () => {
  it('refuses steps that end in another shape than the task says', () => {
    const task = { steps: [grey()], picture: { height: 3, width: 2, channels: 3 } } as const;
    expect(() => preparePicture(picture, task)).toThrow(
      expect.objectContaining({
        code: 'MISMATCH',
        expected: expect.stringContaining('3x2x3'),
        received: '3x2x1',
      }),
    );
    expect(preparePicture(picture, { ...task, steps: [color()] }).length).toBe(18);
  });
});

describe('describeSteps', () => {
  it('says what steps do, for people; one without words by its name', () => {
    const own = defineStep({ name: 'ownWithoutWords', version: 1, apply: (picture) => picture });
    const rows = [
      ...[color(), resizeShortSide({ size: 74 }), centerCrop({ height: 64, width: 64 }), own()],
      ...[randomResizedCrop({ scale: [0.5, 1] }), horizontalFlip()],
    ];
    expect(describeSteps(rows)).toEqual([
      'in colour',
      'the shorter side made 74 pixels',
      'the middle 64x64',
      'ownWithoutWords',
      'a random piece of 50 % to 100 % of the area, resized',
      '50 % of them mirrored left to right',
    ]);
  });

  it('has words for every step that comes with the package', () => {
    for (const { name, version, words } of definedSteps()) {
      if (version === undefined) expect(words, name).toBeTypeOf('function');
    }
  });
});

describe('mirrors', () => {
  it('tells the steps that must not touch letters', () => {
    expect([randomFlip(), alternatingFlip(), horizontalFlip()].every(mirrors)).toBe(true);
    expect([color(), randomResizedCrop(), colorJitter()].some(mirrors)).toBe(false);
  });
});
