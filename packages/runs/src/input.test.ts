import { datasetSource, type PictureBatch, type Step } from '@residual/data';
import {
  centerCrop,
  color,
  horizontalFlip,
  pad,
  randomResizedCrop,
  resizeShortSide,
} from '@residual/pictures';
import type { BatchSource } from '@residual/trainer';
import { describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure } from './configure.js';
import { runData } from './input.js';

const split = stripes();
const photos = {
  ...task,
  picture: { height: 8, width: 8, channels: 3 as const },
  steps: [color(), resizeShortSide({ size: 9 }), centerCrop({ height: 8, width: 8 })],
};

async function batchesOf(source: BatchSource): Promise<PictureBatch[]> {
  const found: PictureBatch[] = [];
  for await (const batch of source.epoch(1, 0)) found.push(batch);
  return found;
}

/** Training's batches of an epoch, from memory and from sources, which must be the same. */
async function trained(augment: Step[], steps: Step[] = photos.steps): Promise<PictureBatch[]> {
  const config = configure({ ...tiny, training: { ...tiny.training, augment } }, { ...photos, steps });
  const sources = { train: datasetSource(split.train), test: datasetSource(split.test) };
  const batches = await batchesOf(runData(config, split).train);
  expect(await batchesOf(runData(config, sources).train)).toEqual(batches);
  expect(batches[0]?.shape).toEqual([8, 8, 8, 3]);
  return batches;
}

describe('runData', () => {
  it("lets a training's crop take the place of the task's, of pictures in memory and of read ones", async () => {
    const wholly = randomResizedCrop({ scale: [1, 1], ratio: [9 / 15, 9 / 15] });
    const cropped = await trained([randomResizedCrop(), horizontalFlip()]);
    const [first, second, last] = photos.steps as [Step, Step, Step];
    const padded = [first, second, pad({ padding: 1 }), last];
    expect(await trained([randomResizedCrop(), horizontalFlip()], padded)).toEqual(cropped);
    expect(await trained([wholly])).not.toEqual(await trained([horizontalFlip({ probability: 0 })]));
  });

  it('refuses pictures that were read for the steps of another task, and takes those of other crops', () => {
    const config = configure(tiny, photos);
    const kept = (steps: readonly Step[]) => ({
      train: { ...datasetSource(split.train), steps },
      test: datasetSource(split.test),
    });
    const small = [color(), resizeShortSide({ size: 5 }), centerCrop({ height: 8, width: 8 })];
    expect(() => runData(config, kept(small))).toThrow(
      expect.objectContaining({ code: 'DATA', received: expect.stringContaining('"size":5') }),
    );
    expect(() => runData(config, kept([...photos.steps.slice(0, 2), pad({ padding: 1 })]))).not.toThrow();
  });

  it('validates on what the task crops', async () => {
    const config = configure(tiny, photos);
    const withCrop = configure(
      { ...tiny, training: { ...tiny.training, augment: [randomResizedCrop()] } },
      photos,
    );
    expect(await batchesOf(runData(withCrop, split).validation!)).toEqual(
      await batchesOf(runData(config, split).validation!),
    );
  });
});
