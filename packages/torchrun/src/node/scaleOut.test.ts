import '@residual/backend-simd';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNpy } from '@residual/data';
import { defineStep } from '@residual/pictures';
import { startRun, withChanges } from '@residual/runs';
import { lars, latestCheckpoint, memoryStorage, muon } from '@residual/trainer';
import { fileStorage } from '@residual/trainer/node';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { lamps, onShards } from '../../test/lamps.js';
import { scaleOut } from './scaleOut.js';

beforeAll(async () => void (await tf.setBackend('simd')));

const newFolder = () => join(mkdtempSync(join(tmpdir(), 'scale-out-')), 'to');
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** A run's checkpoints after some steps. */
async function stopped({ config, data }: ReturnType<typeof lamps>, steps: number) {
  const storage = memoryStorage();
  const stop = new AbortController();
  const { events } = await startRun(config, {
    data,
    checkpoints: { storage },
    logEvery: 1,
    signal: stop.signal,
  });
  for await (const event of events) if (event.type === 'step' && event.step === steps) stop.abort();
  return storage;
}

describe('scaleOut', () => {
  it('writes checkpoint, pictures, network and program of a run in the middle of an epoch', async () => {
    const run = lamps();
    const checkpoints = await stopped(run, 5);
    const to = newFolder();
    const handedOver = await scaleOut({ ...run, checkpoints, to });
    expect(handedOver.position).toEqual({ step: 5, epoch: 2, batch: 2 });
    expect(handedOver.next).toMatchObject({ examples: 6, backend: 'simd' });
    expect(json(join(to, 'handover.json'))).toEqual(handedOver);
    expect(json(join(to, 'architecture.json')).layers.length).toBeGreaterThan(40);
    for (const name of ['train.py', 'requirements.txt', 'residual_torch/training.py']) {
      expect(existsSync(join(to, name)), name).toBe(true);
    }
    const saved = await latestCheckpoint(fileStorage(join(to, 'checkpoint')));
    // A save of its own, so the chain of saves is one longer.
    expect({ ...saved, chain: '' }).toEqual({ ...(await latestCheckpoint(checkpoints)), chain: '' });
    const pictures = readNpy(readFileSync(join(to, 'data/train-pictures.npy')), 'train-pictures.npy');
    expect(pictures.shape).toEqual([22, 12, 12, 1]);
    expect(new Uint8Array(pictures.data as Uint8Array)).toEqual(run.data.train.images);
    expect(handedOver.data.files['train-pictures.npy']!.shape).toEqual([22, 12, 12, 1]);
    const labels = readNpy(readFileSync(join(to, 'data/validation-labels.npy')), 'validation-labels.npy');
    expect([...labels.data]).toEqual([...run.data.test.labels]);
  });

  it('tells the loss that the run has in its next step', async () => {
    const run = lamps();
    const { next } = await scaleOut({ ...run, checkpoints: await stopped(run, 2), to: newFolder() });
    const { events } = await startRun(run.config, { data: run.data, logEvery: 1 });
    for await (const event of events) {
      if (event.type !== 'step' || event.step !== 3) continue;
      expect(next!.loss).toBe(event.loss);
      expect(next!.examples).toBe(event.images);
      break;
    }
  });

  it('hands a run that is over over where it has more epochs, which the checkpoint then says', async () => {
    const run = lamps({ epochs: 1, schedule: 'constant' });
    const checkpoints = await stopped(run, 99);
    const config = withChanges(run.config, { epochs: 2 });
    const to = newFolder();
    const { position } = await scaleOut({ ...run, config, checkpoints, to });
    expect(position).toEqual({ step: 3, epoch: 2, batch: 0 });
    const saved = await latestCheckpoint(fileStorage(join(to, 'checkpoint')));
    expect(saved!.config).toEqual(config);
  });

  it('begins a run that has not begun, and leaves its storage empty', async () => {
    const run = lamps();
    const checkpoints = memoryStorage();
    const to = newFolder();
    const { position, checkpoint } = await scaleOut({ ...run, checkpoints, to });
    expect(position).toEqual({ step: 0, epoch: 1, batch: 0 });
    expect(checkpoint.name).toBe('checkpoint-000000000.safetensors');
    expect(await checkpoints.list()).toEqual([]);
  });

  it('leaves the pictures out where they are elsewhere, and still tells what they are', async () => {
    const run = lamps();
    const [there, elsewhere] = [newFolder(), newFolder()];
    const written = await scaleOut({ ...run, checkpoints: memoryStorage(), to: there });
    const named = await scaleOut({
      ...run,
      checkpoints: memoryStorage(),
      to: elsewhere,
      dataAt: '/data/lamps',
    });
    expect(existsSync(join(elsewhere, 'data'))).toBe(false);
    expect(named.data).toEqual({ at: '/data/lamps', files: written.data.files });
  });

  it('writes pictures of sizes of their own where training crops', async () => {
    const augment = [{ name: 'randomResizedCrop', scale: [0.5, 1] }, { name: 'horizontalFlip' }];
    const steps = [
      { name: 'grey' },
      { name: 'resizeShortSide', size: 10 },
      { name: 'centerCrop', height: 8, width: 8 },
    ];
    const picture = { height: 8, width: 8, channels: 1 } as const;
    const run = lamps({ shape: [12, 18, 1], augment, steps, picture });
    const to = newFolder();
    await scaleOut({ ...run, checkpoints: memoryStorage(), to });
    const places = readNpy(readFileSync(join(to, 'data/train-places.npy')), 'places');
    expect(places.shape).toEqual([22, 3]);
    expect([...places.data.slice(3, 6)].map(Number)).toEqual([150, 10, 15]); // 12x18 resized to a short side of 10
    const bytes = readNpy(readFileSync(join(to, 'data/train-pictures.npy')), 'pictures');
    expect(bytes.shape).toEqual([22 * 150]);
  });

  /** Of a user. */
  const dimmed = defineStep({ name: 'dimmed', version: 1, augment: () => (picture) => picture });

  it('leaves shards where they are, and tells where each picture lies in them', async () => {
    const steps = [{ name: 'grey' }, { name: 'centerCrop', height: 8, width: 8 }];
    const picture = { height: 8, width: 8, channels: 1 } as const;
    const run = lamps({ steps, picture, limit: 9 });
    const [shards, to] = [newFolder(), newFolder()];
    const on = await onShards(run, shards);
    const { data } = await scaleOut({ ...on, checkpoints: memoryStorage(), to });
    expect(data).toMatchObject({ at: 'data', shards: { at: shards, files: expect.any(Array) } });
    expect(Object.keys(data.files).sort()).toEqual([
      ...['train-labels.npy', 'train-places.npy', 'validation-labels.npy', 'validation-places.npy'],
    ]);
    const places = readNpy(readFileSync(join(to, 'data/train-places.npy')), 'places');
    expect(places.shape).toEqual([9, 5]);
    const [shard, begin, height, width] = [...places.data].slice(5, 9);
    const file = readFileSync(join(shards, data.shards!.files[shard!]!));
    const second = run.data.train.images.subarray(144, 288);
    expect(new Uint8Array(file.subarray(begin!, begin! + height! * width!))).toEqual(second);
  });

  it.each([
    ['training.optimizer', { optimizer: muon() }],
    ['training.augment.0', { augment: [dimmed({})] }],
    ['training.loss.classWeights', { classWeights: 'balanced' as const }],
    ['training.accumulate', { accumulate: 2 }],
    ['training.layerDecay', { layerDecay: 0.5 }],
  ])('refuses %s by name, before a file is written', async (where, options) => {
    const to = newFolder();
    const run = lamps(options);
    await expect(scaleOut({ ...run, checkpoints: memoryStorage(), to })).rejects.toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED', where }),
    );
    expect(existsSync(to)).toBe(false);
  });

  it('refuses a run that is over, and a folder that is in use', async () => {
    const run = lamps({ optimizer: lars({ learningRate: 0.1, momentum: 0.9 }), epochs: 1 });
    const checkpoints = await stopped(run, 99);
    await expect(scaleOut({ ...run, checkpoints, to: newFolder() })).rejects.toThrow(
      expect.objectContaining({ code: 'RUN' }),
    );
    const used = mkdtempSync(join(tmpdir(), 'scale-out-'));
    writeFileSync(join(used, 'a'), '');
    await expect(scaleOut({ ...run, checkpoints, to: used })).rejects.toThrow(
      expect.objectContaining({ code: 'FOLDER' }),
    );
  });
});
