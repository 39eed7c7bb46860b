import { readFileSync } from 'node:fs';
import type { RawPicture } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { flipped } from './augment.js';
import { jitter } from './colorJitter.js';
import { centerCrop, pad, resizeShortSide } from './crop.js';
import { adjustBrightness, adjustContrast, adjustSaturation, adjustSharpness } from './enhance.js';
import { adjustHue } from './hue.js';
import { erase, resizedCrop } from './randomBox.js';
import { applySteps, sizeAfter } from './step.js';
import { color, grey } from './steps.js';
import { magnitudeOf, operate, operations } from './trivialAugmentWide.js';

interface Case {
  step: string;
  picture: string;
  // biome-ignore lint/suspicious/noExplicitAny: what the case's function takes
  parameters: any;
  size: [height: number, width: number];
  y: string;
}

interface Fixture {
  versions: Record<string, string>;
  pictures: Record<string, { height: number; width: number; data: string }>;
  magnitudes: Record<string, number[]>;
  cases: Case[];
}

// Written by tooling/fixtures/augmentation.py with torchvision itself.
const file = new URL('../fixtures/torchvision.json', import.meta.url);
const { versions, pictures, magnitudes, cases } = JSON.parse(readFileSync(file, 'utf8')) as Fixture;

const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

const picture = (name: string): RawPicture => ({ ...pictures[name]!, data: bytes(pictures[name]!.data) });

const rows = { resizeShortSide, centerCrop, pad, color, grey } as const;

// biome-ignore lint/suspicious/noExplicitAny: what the case's function takes
const changes: Record<string, (picture: RawPicture, parameters: any) => RawPicture> = {
  ...Object.fromEntries(
    Object.entries(rows).map(([name, row]) => [name, (p, given) => applySteps(p, [row(given)])]),
  ),
  flip: flipped,
  resizedCrop: (p, { box, to, interpolation }) => resizedCrop(p, box, to, interpolation),
  erase: (p, { box, levels }) => erase(p, box, levels),
  brightness: (p, { factor }) => adjustBrightness(p, factor),
  contrast: (p, { factor }) => adjustContrast(p, factor),
  saturation: (p, { factor }) => adjustSaturation(p, factor),
  sharpness: (p, { factor }) => adjustSharpness(p, factor),
  hue: (p, { factor }) => adjustHue(p, factor),
  jitter: (p, { factors }) => jitter(p, factors),
  operate: (p, { name, bin, isNegative }) => operate(p, name, bin, isNegative),
};

describe(`the bytes of torchvision ${versions.torchvision} with Pillow ${versions.pillow}`, () => {
  for (const { step, picture: name, parameters, size, y } of cases) {
    it(`${step} ${JSON.stringify(parameters)} of ${name}`, () => {
      const x = picture(name);
      const [height, width] = size;
      const { data, ...changed } = changes[step]!(x, parameters);
      expect(changed).toMatchObject({ height, width });
      expect(Uint8Array.from(data)).toEqual(bytes(y));
      expect(x).toEqual(picture(name));
    });
  }

  it('cover every operation of TrivialAugmentWide, and every step', () => {
    const operated = cases.filter(({ step }) => step === 'operate').map(({ parameters }) => parameters.name);
    expect(new Set(operated)).toEqual(new Set(Object.keys(operations)));
    expect(new Set(cases.map(({ step }) => step))).toEqual(new Set(Object.keys(changes)));
  });

  it.each(Object.entries(magnitudes))('the magnitudes of %s', (name, expected) => {
    const { magnitudes } = operations[name as keyof typeof operations] as { magnitudes: [number, number] };
    const found = expected.map((_, bin) => magnitudeOf(magnitudes, bin));
    expect(name === 'posterize' ? found.map(Math.round) : found).toEqual(expected);
  });
});

it.each(cases.filter(({ step }) => step in rows))('the size is said before: $step $parameters', (one) => {
  const { height, width } = pictures[one.picture]!;
  const before = applySteps({ data: new Uint8Array(height * width), height, width }, []);
  const row = rows[one.step as keyof typeof rows](one.parameters);
  const padded = { name: 'pad', padding: [0, 0, width - 1, height - 1] };
  expect(before.width).toBe(width);
  expect(sizeAfter([{ name: 'centerCrop', height: 1, width: 1 }, padded, row])).toEqual(one.size);
});
