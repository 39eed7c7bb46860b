import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configureSimd, createBackend } from '@residual/backend-simd';
import { batchesOf, decodeModel, taskInput } from '@residual/runs';
import { adamw, type EndEvent, evaluate, latestCheckpoint, memoryStorage, sgd } from '@residual/trainer';
import { fileStorage } from '@residual/trainer/node';
import { decodeSafetensors } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { copied, goOn, handedOver, newFolder, stopped } from './handedOver.js';
import { type Lamps, type LampsOptions, lamps, onShards } from './lamps.js';
import { freePort, hasListener, until } from './ports.js';
import {
  eventsOf,
  lossesOf,
  needsPytorch,
  probe,
  startAgent,
  startSaving,
  startTraining,
  train,
} from './pytorch.js';

// Starting PyTorch takes seconds for each process, more where the machine does something else too.
vi.setConfig({ testTimeout: 600_000 });
beforeAll(async () => void (await tf.setBackend('simd')));
beforeEach(needsPytorch);

const relative = (received: number, expected: number) => Math.abs(received - expected) / Math.abs(expected);
const check = (folder: string) => startTraining(folder, 0, ['--check']).outcome;
const storageOf = (folder: string) => fileStorage(join(folder, 'checkpoint'));

/** Pictures of 64x64 in colour, mixed, by AdamW. */
const colour = () =>
  lamps({
    ...{ shape: [64, 64, 3], count: 14, batchSize: 8, epochs: 1, averageDecay: null },
    ...{ optimizer: adamw({ learningRate: 1e-3 }), mix: { name: 'mixup', alpha: 0.4 } },
    augment: [{ name: 'horizontalFlip' }],
  });

/** All that changes pictures of one size, of which rare ones come again. */
const varied: LampsOptions = {
  ...{ shape: [14, 12, 3], count: 19, balance: 'sampler' },
  augment: [
    { name: 'shiftedCrop', padding: 1 },
    { name: 'trivialAugmentWide' },
    { name: 'colorJitter', brightness: 0.4, hue: 0.2 },
    { name: 'randomErasing' },
  ],
};

it('comes to the vectors of JavaScript', async () => {
  const file = fileURLToPath(new URL('../fixtures/vectors.json', import.meta.url));
  expect(await probe('vectors', file)).toMatchObject({ schedules: 18 });
});

describe('--check', () => {
  const cases: [name: string, run: () => Lamps, steps: number][] = [
    ['resnet20 in the middle of an epoch, with a picture mirrored or not', () => lamps(), 5],
    [
      'the chapter: enlarged, with biases and bare shortcuts',
      () => lamps({ model: 'd2l-resnet18', resize: [32, 32] }),
      0,
    ],
    ['torchvision, colour 64x64, AdamW, mixup', () => lampsOf(colour(), 'resnet18'), 1],
    ['a bottleneck', () => lampsOf(colour(), 'resnet50'), 0],
    ['groups', () => lampsOf(colour(), 'resnext50-32x4d'), 0],
    ['shortcuts without parameters', () => lampsOf(lamps(), 'cifar-resnet32'), 2],
    [
      'squeeze-and-excitation, a deep stem, shortcuts that average',
      () => lampsOf(colour(), 'seresnext26d-32x4d'),
      0,
    ],
    ['cutmix, pieces of pictures', () => pieces(), 4],
    ['colours and boxes, each class equally often', () => lamps(varied), 4],
    ['a loss that makes up for unequal classes', () => lamps({ balance: 'loss', count: 20 }), 2],
  ];
  it.each(cases)('fits: %s', async (_, run, steps) => {
    const { stdout, stderr } = await check(await handedOver(run(), steps));
    expect(stdout + stderr).toContain('All fits.');
  });

  it('refuses a picture that was changed, a weight, another class count, and says what', async () => {
    const folder = await handedOver(lamps(), 2);
    const pictures = join(folder, 'data/train-pictures.npy');
    const bytes = readFileSync(pictures);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(pictures, bytes);
    expect(await check(folder)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('train-pictures.npy: others'),
    });
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(pictures, bytes);

    const architecture = join(folder, 'architecture.json');
    const text = readFileSync(architecture, 'utf8');
    writeFileSync(architecture, text.replace('"classes": 3', '"classes": 4'));
    expect(await check(folder)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected 3 classes'),
    });
    writeFileSync(architecture, text);

    await probe('damage', join(folder, 'checkpoint/checkpoint-000000002.safetensors'));
    expect(await check(folder)).toMatchObject({ code: 1, stderr: expect.stringContaining('loss: expected') });
  });
});

it('has the gradient of simd, in float64', async () => {
  const run = lamps({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), augment: [] });
  const folder = await handedOver(run, 0);
  const file = join(folder, 'gradient.safetensors');
  await probe('gradient', folder, file);
  const expected = decodeSafetensors(readFileSync(file), file).tensors;
  // After one step from zeros, the velocity is the gradient.
  const { storage } = await goOn(run, storageOf(folder));
  const after = await latestOf(storage, 1);
  let [difference, length] = [0, 0];
  for (const [path, { data }] of after.slots.get('velocity')!) {
    const values = expected.get(path)!.data as Float32Array;
    for (const [i, value] of data.entries()) {
      difference += (value - values[i]!) ** 2;
      length += values[i]! ** 2;
    }
  }
  expect(Math.sqrt(difference / length)).toBeLessThan(1e-5);
});

it('says what is missing where it can not be imported', async () => {
  const folder = await handedOver(lamps(), 0);
  // Beside train.py, and so found first.
  mkdirSync(join(folder, 'numpy'));
  writeFileSync(join(folder, 'numpy/__init__.py'), 'raise ModuleNotFoundError("No numpy", name="numpy")');
  const { code, stderr } = await check(folder);
  expect(code).toBe(1);
  expect(stderr).toContain('train.py needs numpy: pip install -r requirements.txt');
});

describe('shards', () => {
  it('fit, are trained on by two processes and their workers, and refused when a picture has changed', async () => {
    const run = pieces();
    const [shards, moved] = [newFolder(), newFolder()];
    const on = await onShards(run, shards);
    const folder = await handedOver(on, 3);
    expect((await check(folder)).stdout).toContain(`to train on in ${shards}: the same bytes`);
    // The same pictures as arrays come to the same run, to the bit.
    const arrays = await handedOver(run, 3);
    const words = ['--log-every', '1', '--workers', '1'];
    const [there, plain] = [await train(folder, 2, words), await train(arrays, 2, words)];
    expect((there.at(-1) as EndEvent).history).toEqual((plain.at(-1) as EndEvent).history);

    const again = await handedOver(on, 3);
    renameSync(shards, moved);
    expect(await check(again)).toMatchObject({ code: 1, stderr: expect.stringContaining('--data') });
    const there2 = startTraining(again, 0, ['--check', '--data', moved]);
    expect(await there2.outcome).toMatchObject({ code: 0 });
    const file = join(moved, 'train-000000.tar');
    const bytes = readFileSync(file);
    bytes[700]! ^= 1;
    writeFileSync(file, bytes);
    const damaged = { code: 1, stderr: expect.stringContaining('another picture than was handed over') };
    expect(await startTraining(again, 0, ['--check', '--data', moved]).outcome).toMatchObject(damaged);
  });
});

describe('the first step in float32', () => {
  const cases: [name: string, run: () => Lamps, steps: number][] = [
    // 22 pictures in batches of 8: the next batch has 6, which 3 processes don't share evenly with the flips.
    ['in mid-epoch, the last batch uneven', () => lamps({ epochs: 1 }), 2],
    ['colour 64x64, AdamW, mixup', colour, 0],
  ];
  for (const [name, run, steps] of cases) {
    it(`has the loss of simd on 1, 2 and 3 processes: ${name}`, async () => {
      const folder = await handedOver(run(), steps);
      const { events } = await goOn(run(), storageOf(folder));
      const here = lossesOf(events).get(steps + 1)!;
      for (const processes of [1, 2, 3]) {
        const there = lossesOf(await train(await copied(folder), processes, ['--log-every', '1']));
        expect(relative(there.get(steps + 1)!, here), `${processes} processes`).toBeLessThan(1e-5);
      }
    });
  }
});

it('stays near simd for 20 steps at a small rate', async () => {
  const optimizer = sgd({ learningRate: 0.01, momentum: 0.9, weightDecay: 5e-4 });
  const run = lamps({ optimizer, schedule: 'constant', count: 40, batchSize: 8, epochs: 4 });
  const folder = await handedOver(run, 0);
  const here = lossesOf((await goOn(run, storageOf(folder))).events);
  const there = lossesOf(await train(folder, 2, ['--log-every', '1']));
  const differences = [...here].map(([step, loss]) => Math.abs(there.get(step)! - loss));
  expect(differences).toHaveLength(20);
  expect(Math.max(...differences)).toBeLessThan(2e-4);
});

describe('drifts from simd no more than simd does from itself', () => {
  const cases: [name: string, run: () => Lamps][] = [
    ['SGD, one cycle', () => lamps({ count: 40, epochs: 4 })],
    [
      'AdamW, cutmix, pieces',
      () => ({ ...pieces({ count: 40, epochs: 4, optimizer: adamw({ learningRate: 3e-3 }) }) }),
    ],
  ];
  it.each(cases)('%s: twice the distance of other convolutions', async (_, run) => {
    const folder = await handedOver(run(), 0);
    const losses = async () => lossesOf((await goOn(run(), storageOf(folder))).events);
    const here = await losses();
    const direct = await withDirectConvolutions(losses);
    const there = lossesOf(await train(folder, 2, ['--log-every', '1']));
    expect([here.size, there.size]).toEqual([20, 20]);
    // In each, the most that one step differs: single steps of chaos say nothing.
    const most = (other: Map<number, number>) =>
      Math.max(...[...here].map(([step, loss]) => Math.abs(other.get(step)! - loss)));
    expect(most(direct)).toBeGreaterThan(0);
    // A calm run differs in the last bits alone, which are no measure.
    expect(most(there)).toBeLessThanOrEqual(Math.max(2 * most(direct), 2e-6));
  });
});

/** On a backend that computes convolutions by another algorithm. */
async function withDirectConvolutions<T>(compute: () => Promise<T>): Promise<T> {
  const restart = async (convolution: 'direct' | 'auto') => {
    tf.removeBackend('simd');
    configureSimd({ convolution });
    tf.registerBackend('simd', () => createBackend(), 1);
    await tf.setBackend('simd');
  };
  await restart('direct');
  try {
    return await compute();
  } finally {
    await restart('auto');
  }
}

it('trains in bfloat16, with statistics of each process and pictures made ready by others, and records it', async () => {
  const run = lamps({ batchSize: 11, epochs: 2 });
  const folder = await handedOver(run, 0);
  const here = lossesOf((await goOn(run, storageOf(folder))).events).get(1)!;
  const words = ['--precision', 'bfloat16', '--batch-norm', 'group:1', '--workers', '1', '--log-every', '1'];
  const there = lossesOf(await train(folder, 2, words)).get(1)!;
  expect(relative(there, here)).toBeLessThan(0.1);
  expect(there).not.toBe(here);
  const arithmetic = { precision: 'bfloat16', batchNorm: 'group:1', processes: '2' };
  expect(await latestCheckpoint(storageOf(folder))).toMatchObject({ arithmetic, epoch: 3 });
});

describe('checkpoints', () => {
  it('are the same tensors and state after PyTorch has read and written them', async () => {
    const storage = await stopped(colour(), 1);
    const latest = (await latestCheckpoint(storage))!;
    const [source, target] = [newFolder(), newFolder()];
    writeFileSync(source, await storage.read(latest.name));
    await probe('rewrite', source, target);
    const again = memoryStorage();
    await again.write(latest.name, readFileSync(target));
    expect(await latestCheckpoint(again)).toEqual(latest);
  });

  it('are whole after 20 kills at random moments, and none that was saved is lost', async () => {
    const folder = await handedOver(lamps(), 2);
    const [checkpoints, storage] = [join(folder, 'checkpoint'), storageOf(folder)];
    let steps = 2;
    for (let kill = 0; kill < 20; kill++) {
      const { child, outcome } = startSaving(checkpoints);
      await new Promise((resolve) => child.stdout!.once('data', resolve));
      await new Promise((resolve) => setTimeout(resolve, 60 * Math.random()));
      child.kill('SIGKILL');
      const { stdout, stderr } = await outcome;
      const told = Number(stdout.trimEnd().split('\n').at(-1));
      expect(told, stderr).toBeGreaterThan(steps);
      const latest = (await latestCheckpoint(storage))!;
      // Written, and killed before it could tell.
      expect([told, told + 1]).toContain(latest.step);
      expect(latest.passedOver).toEqual([]);
      steps = latest.step;
    }
  });

  it('that are damaged are passed over', async () => {
    const run = lamps();
    const folder = await handedOver(run, 5);
    writeFileSync(join(folder, 'checkpoint/checkpoint-000000009.safetensors'), new Uint8Array(1000));
    const { code, stdout } = await check(folder);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('passed over checkpoint-000000009'),
    });
    await train(folder, 0);
    expect(eventsOf(folder)).toContainEqual(expect.objectContaining({ type: 'warning' }));
  });
});

it('takes back what was stopped in mid-epoch, and judges what came back as PyTorch did', async () => {
  const run = lamps({ count: 70, epochs: 4 });
  const folder = await handedOver(run, 3);
  const { child, outcome } = startTraining(folder, 0, ['--log-every', '1']);
  child.stdout!.on('data', (chunk) => {
    if (/"type": "step", "step": 6,/.test(String(chunk))) child.kill('SIGTERM');
  });
  expect(await outcome).toMatchObject({ code: 143 });
  const saved = (await latestCheckpoint(storageOf(folder)))!;
  expect(saved).toMatchObject({ backend: 'pytorch', arithmetic: { processes: '1', batchNorm: 'sync' } });
  expect(saved.step).toBeGreaterThanOrEqual(6);
  expect(saved.step % 9).not.toBe(0);

  const { events } = await goOn(run, storageOf(folder));
  expect(events).toContainEqual(
    expect.objectContaining({ type: 'warning', message: expect.stringContaining('pytorch') }),
  );
  expect((events.at(-1) as EndEvent).history).toHaveLength(4);

  const there = await train(folder, 0);
  const { history } = there.at(-1) as EndEvent;
  expect(history).toHaveLength(4);
  const file = join(folder, 'model.safetensors');
  const { model, facts } = decodeModel(readFileSync(file), file);
  const input = taskInput(facts.task);
  const judged = await evaluate(model, batchesOf(run.data.test, input, { batchSize: 8 }), input.prepare);
  expect(relative(judged.loss, history.at(-1)!.validationLoss!)).toBeLessThan(1e-6);
  expect(judged.accuracy).toBe(history.at(-1)!.validationAccuracy);
});

it('has the same history, to the bit, when a process is killed again and again', async () => {
  const folder = await handedOver(lamps({ count: 80, epochs: 6 }), 3);
  const [whole, killed] = [await copied(folder), await copied(folder)];
  const { history } = (await train(whole, 2)).at(-1) as EndEvent;
  const { child, outcome } = startTraining(killed, 2, ['--log-every', '1', '--checkpoint-every', '0.01']);
  let kills = 0;
  child.stdout!.on('data', (chunk) => {
    const step = Number(/"type": "step", "step": (\d+)/.exec(String(chunk))?.[1] ?? 0);
    if (step < ([9, 22, 41][kills] ?? Number.POSITIVE_INFINITY)) return;
    kills++;
    killOneOf(child.pid!);
  });
  const { code, stderr } = await outcome;
  expect(code, stderr).toBe(0);
  expect(kills).toBe(3);
  expect((eventsOf(killed).at(-1) as EndEvent).history).toEqual(history);
  const [a, b] = await Promise.all([whole, killed].map((path) => latestCheckpoint(storageOf(path))));
  expect(b!.model).toEqual(a!.model);
  expect(b!.slots).toEqual(a!.slots);
});

it('goes on alone when one of two agents is lost', async () => {
  const folder = await handedOver(lamps({ count: 80, epochs: 60 }), 3);
  const words = ['--log-every', '1', '--checkpoint-every', '1'];
  const port = await freePort();
  // The first is where they meet, which must stay.
  const first = startAgent(folder, port, words);
  await until(() => hasListener(port));
  const second = startAgent(folder, port, words);
  await until(() => lossesOf(logged(folder)).size >= 30);
  expect(starts(folder)).toEqual([expect.stringContaining('2 x cpu')]);
  const workers = childrenOf(second.child.pid!);
  second.child.kill('SIGKILL');
  for (const worker of workers) process.kill(worker, 'SIGKILL');
  const { code, stderr } = await first.outcome;
  expect(code, stderr).toBe(0);
  expect(starts(folder).at(-1)).toContain('1 x cpu');
  expect(logged(folder).at(-1)).toMatchObject({ type: 'end', reason: 'completed', step: 600 });
});

const logged = (folder: string) => (existsSync(join(folder, 'events.jsonl')) ? eventsOf(folder) : []);
const starts = (folder: string) =>
  logged(folder).flatMap((event) => (event.type === 'start' ? [event.device] : []));

/** Kills the last of a launcher's processes. */
function killOneOf(launcher: number): void {
  process.kill(childrenOf(launcher).at(-1)!, 'SIGKILL');
}

function childrenOf(launcher: number): number[] {
  const text = readFileSync(`/proc/${launcher}/task/${launcher}/children`, 'utf8');
  return text.trim().split(' ').map(Number);
}

async function latestOf(storage: ReturnType<typeof memoryStorage>, step: number) {
  const alone = memoryStorage();
  const name = `checkpoint-${String(step).padStart(9, '0')}.safetensors`;
  await alone.write(name, await storage.read(name));
  return (await latestCheckpoint(alone))!;
}

function lampsOf({ config, data }: Lamps, model: string): Lamps {
  return { config: { ...config, training: { ...config.training, model: { name: model } } }, data };
}

function pieces(options: LampsOptions = {}): Lamps {
  const steps = [
    { name: 'grey' },
    { name: 'resizeShortSide', size: 14 },
    { name: 'centerCrop', height: 12, width: 12 },
  ];
  return lamps({
    ...{ shape: [16, 22, 1], steps, picture: { height: 12, width: 12, channels: 1 } },
    ...{ augment: [{ name: 'randomResizedCrop', scale: [0.3, 1] }, { name: 'horizontalFlip' }] },
    mix: { name: 'cutmix', alpha: 1 },
    ...options,
  });
}
