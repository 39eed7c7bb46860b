import { cpSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeSafetensors } from '@residual/weights';
import { beforeAll, describe, expect, it } from 'vitest';
import { residual, start } from './residual.js';
import { folder, resultOf, resume } from './tinyRun.js';

const emoji = fileURLToPath(new URL('../../../tooling/emoji/sample', import.meta.url));
const place = join(folder.path, 'tuning');
const [first, second] = [join(place, 'first'), join(place, 'second')];
const [learnt, tuned] = [join(place, 'learnt'), join(place, 'tuned')];
const cache = { env: { XDG_CACHE_HOME: join(place, 'cache') } };
const OPTIONS = ['--epochs', '2', '--backend', 'simd', '--threads', '1'];
const command = (...words: string[]) => residual(words, cache);
const settingsOf = (run: string) => JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));

describe('train --weights', () => {
  beforeAll(async () => {
    for (const name of ['Flags', 'Symbols', 'Objects'])
      cpSync(join(emoji, name), join(first, name), { recursive: true });
    for (const name of ['Activities', 'Animals & Nature', 'Food & Drink'])
      cpSync(join(emoji, name), join(second, name), { recursive: true });
    expect(await command('train', first, '--size', '20x16', ...OPTIONS, '--out', learnt)).toMatchObject({
      code: 0,
    });
  });

  it('goes on from a run of other classes: its network, its pictures, a new head, said on one screen', async () => {
    const { code, stdout, stderr } = await command(
      'train',
      second,
      '--weights',
      learnt,
      ...OPTIONS,
      '--out',
      tuned,
    );
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const words of [
      /^recipe {3}photos, fine-tuned from learnt: resnet20, pictures prepared as the weights' were; .* a learning rate of 0\.01 for the head/m,
      /^weights {2}learnt, SHA-256 [0-9a-f]{16}\.\.\.; a new head for these classes$/m,
      /^ +loaded {6}105 tensors\n +left out {4}2 of the head, which begins anew$/m,
      /^pictures 20x16 colour: /m,
    ]) {
      expect(stdout).toMatch(words);
    }
    const [before, after] = [settingsOf(learnt), settingsOf(tuned)];
    expect({ ...after.task, classNames: [], data: {} }).toEqual({ ...before.task, classNames: [], data: {} });
    expect(after.training).toMatchObject({
      model: before.training.model,
      weights: { name: 'learnt', newHead: true },
      layerDecay: 0.75,
    });
    expect(after.environment.weights).toEqual({ path: learnt });
  });

  it('is interrupted and goes on without the file, to equal bits', async () => {
    const stopped = join(place, 'stopped');
    const words = ['train', second, '--weights', learnt, ...OPTIONS, '--checkpoint-every', '0.001'];
    const running = start([...words, '--json', '--out', stopped], cache);
    running.child.stdout!.on('data', (text: string) => {
      if (text.includes('"type":"checkpoint"')) running.child.kill('SIGINT');
    });
    expect(await running.outcome).toMatchObject({ code: 130 });
    renameSync(learnt, `${learnt}-away`);
    try {
      expect(await resume(stopped)).toMatchObject({ code: 0 });
    } finally {
      renameSync(`${learnt}-away`, learnt);
    }
    expect(resultOf(stopped)).toEqual(resultOf(tuned));
  });

  it('begins again from the file where it was stopped before its first checkpoint, and from that file alone', async () => {
    const early = join(place, 'early');
    cpSync(tuned, early, { recursive: true });
    for (const name of ['model.safetensors', 'checkpoint', 'history.json', 'events.jsonl'])
      rmSync(join(early, name), { recursive: true });
    const other = await command('train', '--resume', early, '--weights', tuned);
    expect(other).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(
        /--weights: expected learnt with the SHA-256 [0-9a-f]{64}, as .*config\.json says, received/,
      ),
    });
    expect(await resume(early)).toMatchObject({ code: 0 });
    expect(resultOf(early)).toEqual(resultOf(tuned));
  });

  it('keeps a head of the same classes, and takes part of a configuration', async () => {
    const words = ['--config', join(tuned, 'config.json'), '--weights', tuned, '--print-config'];
    expect(await command('train', ...words)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--weights: expected learnt with the SHA-256/),
    });
    const { stdout } = await command(
      'train',
      second,
      '--weights',
      tuned,
      ...OPTIONS,
      '--size',
      '32',
      '--print-config',
    );
    const { task, training } = JSON.parse(stdout);
    expect(training.weights).toMatchObject({ name: 'tuned', newHead: false });
    expect(task.picture).toEqual({ height: 32, width: 32, channels: 3 });
    expect(task.normalize).toEqual(settingsOf(learnt).task.normalize);
  });

  it('solves the head alone on kept features, and leaves the rest to the bit', async () => {
    const out = join(place, 'frozen');
    const words = ['--weights', learnt, '--stages', 'frozen', ...OPTIONS, '--checkpoint-every', '0.001'];
    const { code, stdout } = await command('train', second, ...words, '--out', out);
    expect(code).toBe(0);
    expect(stdout).toContain('by itself 20 epochs of the head alone, by adam at 0.01. ');
    expect(stdout).toMatch(
      /^ +trunk frozen: \d+ pictures x 64 features, \d+\.\d MB; weight decay [\d.]+, which did best in/m,
    );
    const tensorsOf = (run: string) => decodeSafetensors(resultOf(run).model, run).tensors;
    const [before, after] = [tensorsOf(learnt), tensorsOf(out)];
    for (const [path, tensor] of before) {
      if (!path.startsWith('head.')) expect(after.get(path)).toEqual(tensor);
    }

    const stopped = join(place, 'frozen-stopped');
    const running = start(['train', second, ...words, '--json', '--out', stopped], cache);
    running.child.stdout!.on('data', (text: string) => {
      if (text.includes('"type":"checkpoint"')) running.child.kill('SIGINT');
    });
    expect(await running.outcome).toMatchObject({ code: 130 });
    expect(await command('train', '--resume', stopped, '--stages', 'full')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--stages: expected frozen, with which/),
    });
    expect(await resume(stopped)).toMatchObject({ code: 0 });
    expect(resultOf(stopped)).toEqual(resultOf(out));
  });

  it('trains the head, then all layers, and keeps what validates better: said, recorded, and the same when it goes on', async () => {
    const out = join(place, 'auto');
    const options = ['--epochs', '12', ...OPTIONS.slice(2), '--checkpoint-every', '0.001'];
    const words = ['--weights', learnt, '--stages', 'auto', ...options];
    const { code, stdout } = await command('train', second, ...words, '--out', out);
    expect(code).toBe(0);
    expect(stdout).toContain('20 epochs of the head alone, by adam at 0.01; then all layers for ');
    expect(stdout).toMatch(/^ +trunk frozen: \d+ pictures x 64 features/m);
    expect(stdout).toMatch(
      /^stages {3}all layers [\d.]+ %, loss [\d.]+; the head alone [\d.]+ %, loss [\d.]+; of \d+ images to validate with\n +difference -?[\d.]+ % \(95 % confidence: .*McNemar p [\d.]+\n +kept: (all layers|the head alone), for /m,
    );
    const eventsOf = (run: string) => readFileSync(join(run, 'events.jsonl'), 'utf8').trim().split('\n');
    const decision = (run: string) => {
      const [event] = eventsOf(run).flatMap((line) =>
        line.includes('"type":"stages"') ? [JSON.parse(line)] : [],
      );
      return { ...event, time: '' };
    };
    const { kept, p, interval } = decision(out);
    expect(stdout).toContain(`kept: ${kept === 'full' ? 'all layers' : 'the head alone'}`);
    expect(p).toBeGreaterThan(0);
    expect(interval[0]).toBeLessThan(interval[1]);

    const stopped = join(place, 'auto-stopped');
    const running = start(['train', second, ...words, '--json', '--out', stopped], cache);
    running.child.stdout!.on('data', (text: string) => {
      if (text.includes('"type":"checkpoint"')) running.child.kill('SIGINT');
    });
    expect(await running.outcome).toMatchObject({ code: 130 });
    expect(await resume(stopped)).toMatchObject({ code: 0 });
    expect(resultOf(stopped)).toEqual(resultOf(out));
    expect(decision(stopped)).toEqual(decision(out));
  });

  it('begins with what comes along, by its name', async () => {
    const words = ['--weights', 'residual/resnet20-fashion-mnist', '--recipe', 'quick', '--print-config'];
    const { code, stdout, stderr } = await command('train', ...words, ...OPTIONS);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { training, environment } = JSON.parse(stdout);
    expect(training.weights).toMatchObject({ name: 'residual/resnet20-fashion-mnist', newHead: false });
    expect(environment.weights).toEqual({ path: 'residual/resnet20-fashion-mnist' });
  });

  it.each([
    ['stages of nothing', ['--stages', 'frozen'], 2, /--stages: expected --weights beside it, received none/],
    [
      'a row whose file is not here',
      ['--weights', 'torchvision/resnet50-v2'],
      2,
      /resnet50-11ad3fa6\.pth in this folder, received nothing there, and nothing is downloaded/,
    ],
    [
      'another network',
      ['--weights', learnt, '--model', 'resnet18'],
      2,
      /--model: expected resnet20, which .* says it is, received resnet18/,
    ],
    ['nothing there', ['--weights', join(place, 'none')], 1, /none/],
    [
      'a run that began from nothing',
      ['--resume', learnt, '--weights', tuned],
      2,
      /--weights: expected none, with which the run in .*learnt was started/,
    ],
  ])('%s', async (_, words, code, message) => {
    const pictures = words.includes('--resume') ? [] : [second];
    const outcome = await command('train', ...pictures, ...words);
    expect(outcome).toMatchObject({ code, stderr: expect.stringMatching(message) });
  });
});
