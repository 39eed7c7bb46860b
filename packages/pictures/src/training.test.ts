import {
  type AugmentationContext,
  datasetSource,
  type PictureBatch,
  PictureLoader,
  pictureDataset,
  type RawPicture,
  SourceLoader,
  type Step,
} from '@residual/data';
import { describe, expect, it } from 'vitest';
import { horizontalFlip } from './augment.js';
import { colorJitter } from './colorJitter.js';
import { centerCrop, pad, resizeShortSide } from './crop.js';
import { cropBox, eraseBox, randomErasing, randomResizedCrop } from './randomBox.js';
import { augmentationsOf, isCropped, trainingOf } from './step.js';
import { color, grey } from './steps.js';
import { trivialAugmentWide } from './trivialAugmentWide.js';

/** Pictures of 12x9 whose bytes all differ from their neighbours'. */
const dataset = pictureDataset({
  name: 'toy',
  images: Uint8Array.from({ length: 40 * 12 * 9 * 3 }, (_, i) => (i * 7919) % 256),
  labels: new Uint8Array(40),
  shape: [12, 9, 3],
  classNames: ['one'],
});
const picture: RawPicture = { data: dataset.images.slice(0, 12 * 9 * 3), height: 12, width: 9 };
const context: AugmentationContext = { shape: [12, 9, 3], seed: 3, epoch: 4, index: 5 };

const jitter = { brightness: 0.4, contrast: 0.4, saturation: 0.4, hue: 0.1 };
const rows: [string, Step][] = [
  ['horizontalFlip', horizontalFlip()],
  ['randomResizedCrop', randomResizedCrop()],
  ['colorJitter', colorJitter(jitter)],
  ['randomErasing', randomErasing()],
  ['trivialAugmentWide', trivialAugmentWide()],
];

function augment(row: Step, changes: Partial<AugmentationContext> = {}): string {
  const { data, ...size } = augmentationsOf([row])[0]!(picture, { ...context, ...changes });
  expect(size).toEqual({ height: 12, width: 9 });
  return String(data);
}

/** Each example's bytes, by its index in the dataset. */
function byExample(batches: PictureBatch[]): Map<number, string> {
  const found = new Map<number, string>();
  for (const { images, indices, size } of batches) {
    const length = images.length / size;
    indices.forEach((index, i) => {
      found.set(index, String(images.subarray(i * length, (i + 1) * length)));
    });
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

describe.each(rows)('%s', (_, row) => {
  it('is a pure function of the seed, the epoch and the index, and leaves the picture alone', () => {
    const before = picture.data.slice();
    expect(augment(row)).toBe(augment(row));
    expect(picture.data).toEqual(before);
    for (const what of ['seed', 'epoch', 'index'] as const) {
      const results = Array.from({ length: 30 }, (_, value) => augment(row, { [what]: value }));
      expect(new Set(results).size).toBeGreaterThan(1);
    }
  });

  it('gives the same bits in every batch size, from memory and from a source', async () => {
    const options = { shuffle: { seed: 1 }, picture: dataset.shape, augment: augmentationsOf([row]) };
    const first = byExample([...new PictureLoader(dataset, { ...options, batchSize: 7 }).epoch(2)]);
    expect(first.size).toBe(40);
    const source = new SourceLoader(datasetSource(dataset), { ...options, batchSize: 16 });
    const batches: PictureBatch[] = [];
    for await (const batch of source.epoch(2)) batches.push(batch);
    expect(byExample(batches)).toEqual(first);
  });

  it('takes a grey picture, and refuses transparency where it matters', () => {
    const change = augmentationsOf([row])[0]!;
    const small = (channels: number) => ({ data: new Uint8Array(12 * channels), height: 4, width: 3 });
    for (let index = 0; index < 30; index++) {
      const shape = [4, 3, 1] as const;
      expect(change(small(1), { ...context, shape, index })).toMatchObject({ height: 4, width: 3 });
    }
    if (['horizontalFlip', 'randomResizedCrop'].includes(row.name)) return;
    expect(() => change(small(4), context)).toThrow(expect.objectContaining({ code: 'MISMATCH' }));
  });
});

/** The draws of example `index`, of a plain generator: what a box does with them is what is tested. */
const drawsOf = (index: number) => (i: number) =>
  (Math.imul(index * 64 + i + 1, 0x9e3779b1) >>> 8) * 2 ** -24;
const boxes = <Box>(make: (draws: (i: number) => number) => Box) =>
  Array.from({ length: 3000 }, (_, index) => make(drawsOf(index)));
const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('randomResizedCrop', () => {
  const size = { data: picture.data, height: 300, width: 400 };

  it('draws areas and ratios evenly, at every place', () => {
    const range = { scale: [0.1, 0.5], ratio: [3 / 4, 4 / 3] } as const;
    const drawn = boxes((draws) => cropBox(size, range, draws));
    for (const { top, left, height, width } of drawn) {
      expect(Math.min(top, left, 300 - top - height, 400 - left - width)).toBeGreaterThanOrEqual(0);
      expect((height * width) / 120_000).toBeGreaterThan(0.098);
      expect((height * width) / 120_000).toBeLessThan(0.502);
      expect(width / height).toBeGreaterThan(0.74);
      expect(width / height).toBeLessThan(1.35);
    }
    expect(mean(drawn.map(({ height, width }) => (height * width) / 120_000))).toBeCloseTo(0.3, 1);
    expect(mean(drawn.map(({ height, width }) => Math.log(width / height)))).toBeCloseTo(0, 1);
    expect(mean(drawn.map(({ top, height }) => top / (300 - height)))).toBeCloseTo(0.5, 1);
    expect(mean(drawn.map(({ left, width }) => left / (400 - width)))).toBeCloseTo(0.5, 1);
  });

  it.each([
    ['wide', 400, 30, { top: 0, left: 180, height: 30, width: 40 }],
    ['tall', 30, 400, { top: 180, left: 0, height: 40, width: 30 }],
    ['a pixel', 1, 1, { top: 0, left: 0, height: 1, width: 1 }],
  ])('takes the middle where nothing drawn fits (%s)', (_, width, height, box) => {
    const range = { scale: [1, 1], ratio: [3 / 4, 4 / 3] } as const;
    expect(cropBox({ ...size, width, height }, range, () => 0.5)).toEqual(box);
  });

  it("takes the place of the task's crop at the end, and makes the batch's size of any picture", async () => {
    const steps = [
      color(),
      resizeShortSide({ size: 10 }),
      pad({ padding: 1 }),
      centerCrop({ height: 8, width: 8 }),
    ];
    const shape = [8, 8, 3] as const;
    const run = (augment: Step[], rows = steps) =>
      trainingOf(rows, augment).reduce((p, one) => one(p, { ...context, shape }), {
        data: new Uint8Array(30 * 50).map((_, i) => i),
        height: 30,
        width: 50,
      } as RawPicture);
    const flips = [horizontalFlip({ probability: 0 })];
    const cropped = run([...flips, randomResizedCrop()]);
    expect(cropped).toMatchObject({ height: 8, width: 8 });
    expect(cropped).toEqual(run([randomResizedCrop()], steps.slice(0, 2)));
    expect(cropped).not.toEqual(run([randomResizedCrop()], [...steps, color()]));
    expect(run(flips)).not.toEqual(run(flips, steps.slice(0, 2)));
    expect(run([randomResizedCrop()], [color(), centerCrop({ height: 8, width: 8 })])).toEqual(
      run([randomResizedCrop()], [color()]),
    );
    expect([isCropped(flips), isCropped([...flips, randomResizedCrop()])]).toEqual([false, true]);
  });
});

describe('randomErasing', () => {
  it('draws boxes smaller than the picture, as many as the probability says', () => {
    const range = { scale: [0.02, 0.33], ratio: [0.3, 3.3] } as const;
    const drawn = boxes((draws) => eraseBox({ ...picture, height: 60, width: 40 }, range, draws));
    const found = drawn.filter((box) => box !== null);
    expect(found.length).toBeGreaterThan(2990);
    for (const { top, left, height, width } of found) {
      expect(top + height).toBeLessThanOrEqual(60);
      expect(left + width).toBeLessThanOrEqual(40);
    }
    expect(mean(found.map(({ height, width }) => (height * width) / 2400))).toBeCloseTo(0.17, 1);
    const all = { scale: [1, 1], ratio: [1, 1] } as const;
    expect(eraseBox(picture, all, drawsOf(0))).toBe(null);
    const erased = Array.from({ length: 1000 }, (_, index) =>
      augment(randomErasing({ probability: 0.3 }), { index }),
    );
    const share = mean(erased.map((bytes) => Number(bytes !== String(picture.data))));
    expect(Math.abs(share - 0.3)).toBeLessThan(0.06); // 4 standard deviations
  });

  it('fills with a level for each channel', () => {
    const row = randomErasing({ probability: 1, value: [1, 2, 3] });
    expect(augment(row)).toContain('1,2,3');
    expect(() => augment(randomErasing({ value: [1, 2] }))).toThrow(
      expect.objectContaining({ code: 'MISMATCH', expected: 'a level for each of 3 channels' }),
    );
  });
});

describe('colorJitter', () => {
  it('changes nothing by default, and each of the four by itself', () => {
    expect(augment(colorJitter())).toBe(String(picture.data));
    for (const [name, by] of Object.entries(jitter)) {
      expect(augment(colorJitter({ [name]: by }))).not.toBe(String(picture.data));
    }
  });
});

describe('trivialAugmentWide', () => {
  it('leaves about one picture in 14 as it is, and those that a magnitude of nothing leaves', () => {
    const results = Array.from({ length: 2000 }, (_, index) => augment(trivialAugmentWide(), { index }));
    const share = mean(results.map((bytes) => Number(bytes === String(picture.data))));
    expect(share).toBeGreaterThan(1 / 14);
    expect(share).toBeLessThan(0.3);
    expect(new Set(results).size).toBeGreaterThan(200);
  });
});

describe('what they refuse', () => {
  it.each([
    ['a size of 0', () => resizeShortSide({ size: 0 }), /resizeShortSide: size: expected at least 1/],
    [
      'an interpolation',
      () => resizeShortSide({ size: 3, interpolation: 'nearest' as never }),
      /interpolation/,
    ],
    ['half a pixel', () => centerCrop({ height: 0.5, width: 1 }), /centerCrop: height/],
    ['two margins', () => pad({ padding: [1, 2] as never }), /pad: padding/],
    ['a level of 256', () => pad({ padding: 1, value: 256 }), /pad: value/],
    ['a negative amount', () => colorJitter({ contrast: -1 }), /colorJitter: contrast/],
    ['a hue of more than half a circle', () => colorJitter({ hue: 0.6 }), /colorJitter: hue/],
    ['a scale beyond the picture', () => randomResizedCrop({ scale: [0.5, 2] }), /randomResizedCrop: scale/],
    ['a range that falls', () => randomResizedCrop({ ratio: [2, 1] }), /ratio: .*the smaller number first/],
    ['a ratio of 0', () => randomErasing({ ratio: [0, 1] }), /randomErasing: ratio/],
    ['a probability of 2', () => randomErasing({ probability: 2 }), /randomErasing: probability/],
    ['a parameter of none', () => trivialAugmentWide({ bins: 3 } as never), /bins: expected no such field/],
    ['a step of the task', () => trainingOf([grey()], [grey()]), /augment\.0 \(grey\)/],
  ])('%s', (_, make, message) => {
    expect(make).toThrow(expect.objectContaining({ name: 'PicturesError', code: 'ARGUMENT' }));
    expect(make).toThrow(message);
  });
});
