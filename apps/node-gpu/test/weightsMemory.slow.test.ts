import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import '@tensorflow/tfjs-backend-cpu';
import { stateShapes } from '@residual/blocks';
import { wide_resnet101_2 } from '@residual/models';
import { type StoredTensor, torchvisionTensors } from '@residual/weights';
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { dict, legacyLength, legacyPickles, tensor, text } from '../../../packages/weights/test/pickle.js';
import { peakOf } from './peak.js';
import { folder, useCommand } from './tinyRun.js';

useCommand();

/** Bytes. */
const GB = 1e9;
const MOST = 1.2 * GB;

/** Torchvision's wide ResNet-101, as its names and shapes. */
function shapesOfWide(): [name: string, shape: readonly number[]][] {
  const unread = ([path, shape]: [string, readonly number[]]): [string, StoredTensor] => [
    path,
    { dtype: 'F32', shape, read: () => Promise.reject(new Error('without values')) },
  ];
  const shapes = stateShapes(wide_resnet101_2(), [1, 64, 64, 3]);
  return [...torchvisionTensors(new Map([...shapes].map(unread)))].map(([name, { shape }]) => [name, shape]);
}

/** What `torch.save` in the old form makes of a network's checkpoint and its momentum, all zeros: a file with holes, which takes no place on the disk. */
function writeCheckpoint(path: string): void {
  const all = shapesOfWide().map(([name, shape], i) => {
    const length = shape.reduce((product, size) => product * size, 1);
    const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
    return { name, shape, stride, length, key: `${i}` };
  });
  const dictOf = (prefix: string) =>
    dict(
      ...all.flatMap(({ name, shape, stride, length, key }) => [
        text(name),
        tensor([...shape], stride, { length, key: `${prefix}${key}` }),
      ]),
    );
  const object = dict(text('state_dict'), dictOf('w'), text('optimizer'), dictOf('m'));
  const storages = ['w', 'm'].flatMap((prefix) =>
    all.map(({ key, length }) => ({ key: `${prefix}${key}`, length })),
  );
  const keys = storages.map(({ key }) => key);
  const file = openSync(path, 'w');
  let at = writeSync(file, legacyPickles(object, keys));
  for (const { length } of storages) {
    writeSync(file, legacyLength(length), 0, 8, at);
    at += 8 + 4 * length;
  }
  ftruncateSync(file, at);
  closeSync(file);
}

it.runIf(process.platform === 'linux')(
  'a checkpoint of 1 GB becomes a file of ours, and names what is in a picture, in 1.2 GB of memory',
  { timeout: 1_800_000 },
  async () => {
    const [checkpoint, picture] = [join(folder.path, 'wide.pth'), join(folder.path, 'wide.png')];
    writeCheckpoint(checkpoint);
    expect(statSync(checkpoint).size).toBeGreaterThan(GB);
    await sharp({ create: { width: 300, height: 260, channels: 3, background: '#a52' } })
      .png()
      .toFile(picture);
    const model = ['--model', 'torchvision/wide-resnet101-2-v2'];
    const converted = await peakOf(['convert', checkpoint, join(folder.path, 'wide.safetensors'), ...model]);
    const words = ['--weights', checkpoint, ...model, '--backend', 'simd', '--threads', '1'];
    const named = await peakOf(['predict', picture, ...words]);
    console.info(
      `peak: ${(converted / GB).toFixed(2)} GB to convert, ${(named / GB).toFixed(2)} GB to predict`,
    );
    expect(converted).toBeLessThan(MOST / 2); // a tensor at a time
    expect(named).toBeLessThan(MOST);
  },
);
