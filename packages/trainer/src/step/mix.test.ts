import '@tensorflow/tfjs-backend-cpu';
import { dispose, stateDict } from '@residual/blocks';
import type { PictureBatch } from '@residual/data';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import fixture from '../../fixtures/targets.json' with { type: 'json' };
import { eventsOf, tinyModel, tinyRun } from '../../test/tiny.js';
import { latestCheckpoint } from '../checkpoint/checkpoints.js';
import { pictureInput } from '../data.js';
import type { TrainOptions } from '../options.js';
import { valuesOf } from '../run/snapshots.js';
import { memoryStorage } from '../storage/storage.js';
import { train } from '../train.js';
import { crossEntropy } from './crossEntropy.js';
import { cut, cutmix, type Drawn, drawMix, mixedBatch, mixup } from './mix.js';

const { mixes, classes, versions } = fixture;
const [height, width] = mixes.size as [number, number];
const count = mixes.labels.length;
const batch: Pick<PictureBatch, 'images' | 'labels' | 'shape'> = {
  images: Uint8Array.from(mixes.images),
  labels: Int32Array.from(mixes.labels),
  shape: [count, height, width, 2],
};

/** The batch, and the mean loss of some logits, mixed as it was drawn. */
function mixed(drawn: Drawn): { x: number[]; loss: number; labels: number[] } {
  return tf.tidy(() => {
    const loss = crossEntropy();
    const input = mixedBatch(batch, { prepare: pictureInput(), loss, drawn: () => drawn });
    const logits = tf.tensor2d(
      Array.from({ length: count * classes }, (_, i) => (i * 7) % 5),
      [count, classes],
    );
    return {
      x: [...input.x.dataSync()],
      loss: input.loss(logits, input.targets).dataSync()[0]!,
      labels: [...input.labels.dataSync()],
    };
  });
}

/** What PyTorch's cross-entropy of those logits and torchvision's mixed targets is. */
function lossOf(targets: number[]): number {
  let loss = 0;
  for (let b = 0; b < count; b++) {
    const row = Array.from({ length: classes }, (_, k) => ((b * classes + k) * 7) % 5);
    const logSum = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit), 0));
    row.forEach((logit, k) => {
      loss += (targets[b * classes + k]! * (logSum - logit)) / count;
    });
  }
  return loss;
}

function expectMixed(drawn: Drawn, expected: { x: number[]; targets: number[] }): void {
  const { x, loss } = mixed(drawn);
  expect(x.length).toBe(expected.x.length);
  x.forEach((value, i) => {
    expect(Math.abs(value - expected.x[i]!)).toBeLessThan(2e-7);
  });
  expect(Math.abs(loss - lossOf(expected.targets))).toBeLessThan(1e-6);
}

describe(`mixing is that of torchvision ${versions.torchvision}`, () => {
  it.each(mixes.mixup)('mixup with a share of $share', (expected) => {
    expectMixed({ share: expected.share }, expected);
  });

  it.each(mixes.cutmix)('cutmix with a share of $share, cut around $centre', (expected) => {
    const [row, column] = expected.centre as [number, number];
    expectMixed(
      cut(expected.share, [(row + 0.5) / height, (column + 0.5) / width], [height, width]),
      expected,
    );
  });

  it('counts an answer by the label of the larger share', () => {
    expect(mixed({ share: 0.6 }).labels).toEqual(mixes.labels);
    expect(mixed({ share: 0.4 }).labels).toEqual([3, 2, 0]);
  });
});

describe('what is drawn', () => {
  it('is a function of seed, epoch and batch, and another for each', () => {
    const size = [8, 8] as const;
    const at = (seed: number, epoch: number, index: number) =>
      drawMix(cutmix({ alpha: 1, seed }), { epoch, batch: index }, size);
    expect(at(1, 2, 3)).toEqual(at(1, 2, 3));
    const all = [at(1, 2, 3), at(2, 2, 3), at(1, 3, 3), at(1, 2, 4)];
    expect(new Set(all.map((drawn) => JSON.stringify(drawn))).size).toBe(4);
  });

  it('cuts what the share says, but for whole pixels and the rim', () => {
    const draws = Array.from({ length: 500 }, (_, i) =>
      drawMix(cutmix({ alpha: 1 }), { epoch: 0, batch: i }, [32, 32]),
    );
    for (const { share, rectangle } of draws) {
      const { top, left, bottom, right } = rectangle!;
      expect(share).toBeCloseTo(1 - ((bottom - top) * (right - left)) / 1024, 12);
      expect(Math.min(top, left, 32 - bottom, 32 - right)).toBeGreaterThanOrEqual(0);
    }
    expect(draws.reduce((sum, { share }) => sum + share, 0) / 500).toBeGreaterThan(0.5);
  });
});

async function outcomeOf(options: Partial<TrainOptions>) {
  const model = tinyModel();
  try {
    const events = await eventsOf(tinyRun({ model, ...options }));
    return { end: events.at(-1), weights: await valuesOf(stateDict(model)) };
  } finally {
    dispose(model);
  }
}

describe('a run that mixes', () => {
  it('has the bits of the plain one where the share is 1', async () => {
    const plain = await outcomeOf({});
    expect((await outcomeOf({ mix: mixup({ alpha: 1 }) })).weights).not.toEqual(plain.weights);
    // alpha is so small that each share is 0 or 1, and the seed such that those of the first epoch are 1.
    const mix = { alpha: 1e-9, seed: wholeSeed(6) };
    const short = { maxEpochs: 1 };
    expect(await outcomeOf({ ...short, mix: mixup(mix) })).toEqual(await outcomeOf(short));
  });

  it('learns, leaves no tensor, and goes on to the bit when it is resumed', async () => {
    const before = tf.memory().numTensors;
    for (const mix of [mixup({ alpha: 0.4, seed: 1 }), cutmix({ alpha: 1, seed: 1 })]) {
      const whole = await outcomeOf({ mix });
      const storage = memoryStorage();
      const model = tinyModel();
      const checkpoints = { storage, everySteps: 1 };
      for await (const event of train(tinyRun({ model, mix, checkpoints }))) {
        if (event.type === 'checkpoint' && event.step === 9) break;
      }
      dispose(model);
      const resume = await latestCheckpoint(storage);
      expect(resume?.facts.mix).toEqual(mix);
      expect(await outcomeOf({ mix, resume })).toEqual(whole);
      await expect(outcomeOf({ resume })).rejects.toThrow(/ mix {.*}, received mix nothing/);
      await expect(outcomeOf({ mix: { ...mix, alpha: 2 }, resume })).rejects.toThrow(/mix.alpha/);
    }
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses an alpha of 0', () => {
    expect(() => mixup({ alpha: 0 })).toThrow('mixup: alpha: expected a number above 0, received 0. Try 0.2');
    expect(() => cutmix({ alpha: Number.NaN })).toThrow(
      'cutmix: alpha: expected a number above 0, received NaN.',
    );
    expect(() => train(tinyRun({ mix: { name: 'mosaic' } as never }))).toThrow(
      'mix: name: expected mixup or cutmix, received mosaic.',
    );
  });
});

/** A seed for which the shares of the first epoch's batches are all exactly 1. */
function wholeSeed(batches: number): number {
  for (let seed = 0; ; seed++) {
    const shareOf = (batch: number) =>
      drawMix(mixup({ alpha: 1e-9, seed }), { epoch: 0, batch }, [6, 6]).share;
    if (Array.from({ length: batches }, (_, batch) => shareOf(batch)).every((share) => share === 1))
      return seed;
  }
}
