import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors } from '@residual/weights';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { residual } from './residual.js';
import {
  checkpointsIn,
  eventsOf,
  folder,
  interruptAfter,
  resultOf,
  resume,
  TINY,
  trainWhole,
  whole,
} from './tinyRun.js';

describe('residual train', () => {
  it('tells what runs and how it goes, in lines where there is no terminal', async () => {
    const outcome = await trainWhole();
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
    for (const text of [
      'recipe   quick, as asked',
      'backend  simd on ',
      'model    resnet20',
      `folder   ${whole}`,
    ]) {
      expect(outcome.stdout).toContain(text);
    }
    expect(outcome.stdout.match(/^epoch [12]\/2 {2}loss .* validation accuracy /gm)).toHaveLength(2);
    expect(outcome.stdout).not.toContain('\x1b');
  });

  it('leaves a complete run folder', async () => {
    const files = ['checkpoint', 'config.json', 'curves.png', 'curves.svg', 'events.jsonl', 'history.json'];
    expect(readdirSync(whole).sort()).toEqual([...files, 'model.safetensors']);
    const { history, model } = resultOf(whole);
    expect(JSON.parse(history)).toEqual(
      [1, 2].map((epoch) => expect.objectContaining({ epoch, step: 6 * epoch })),
    );
    expect(decodeSafetensors(model).tensors.size).toBeGreaterThan(90);
    expect(checkpointsIn(whole).at(-1)).toBe('checkpoint-000000012.safetensors');
    expect(await sharp(join(whole, 'curves.png')).metadata()).toMatchObject({ format: 'png', width: 1400 });
    expect(readFileSync(join(whole, 'curves.svg'), 'utf8')).toContain('resnet20 on fashion-mnist');
  });

  it('keeps no time in history.json; times are in events.jsonl', () => {
    expect(Object.keys(JSON.parse(resultOf(whole).history)[0])).toEqual([
      'epoch',
      'step',
      'trainLoss',
      'trainAccuracy',
      'validationLoss',
      'validationAccuracy',
      'learningRate',
    ]);
    const events = eventsOf(readFileSync(join(whole, 'events.jsonl'), 'utf8'));
    expect(events.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['run', 'start', 'step', 'epoch', 'end']),
    );
    for (const { time } of events) expect(new Date(time).toISOString()).toBe(time);
  });

  it('gives the same bits again; --json prints events and nothing else', async () => {
    const words = ['train', ...TINY, '--json', '--checkpoint-every', '60'];
    const again = await residual(words, { cwd: folder.path });
    expect(again).toMatchObject({ code: 0, stderr: '' });
    const [name] = readdirSync(join(folder.path, 'runs')).filter((entry) => entry !== 'whole');
    expect(name).toMatch(/^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-quick$/);
    const second = join(folder.path, 'runs', name!);
    expect(resultOf(second)).toEqual(resultOf(whole));
    expect(again.stdout).toBe(readFileSync(join(second, 'events.jsonl'), 'utf8'));
    expect(eventsOf(again.stdout).at(-1)).toMatchObject({ type: 'end', reason: 'completed' });
  });

  it('stops on SIGTERM and on Ctrl-C, and goes on as if it had not', async () => {
    const out = join(folder.path, 'interrupted');
    const stop =
      (signal: NodeJS.Signals) => (running: { child: { kill(signal: NodeJS.Signals): boolean } }) =>
        running.child.kill(signal);
    const first = await interruptAfter([...TINY, '--out', out], { type: 'step', count: 1 }, stop('SIGTERM'));
    expect(first).toMatchObject({
      code: 143,
      stderr: expect.stringContaining(`residual train --resume ${out}\n`),
    });
    expect(eventsOf(first.stdout).at(-1)).toMatchObject({ type: 'end', reason: 'aborted' });
    const second = await interruptAfter(['--resume', out], { type: 'epoch', count: 1 }, stop('SIGINT'));
    expect(second).toMatchObject({
      code: 130,
      stderr: expect.stringContaining(`residual train --resume ${out}\n`),
    });
    expect(existsSync(join(out, 'model.safetensors'))).toBe(false);
    expect(await resume(out)).toMatchObject({ code: 0, stderr: '' });
    expect(resultOf(out)).toEqual(resultOf(whole));
  });
});

describe('a run that is over', () => {
  it('says so when it is resumed, and changes nothing', async () => {
    const before = resultOf(whole);
    const again = await resume(whole);
    expect(again).toMatchObject({ code: 0, stderr: '', stdout: expect.stringContaining('is complete') });
    expect(await residual(['train', '--resume', whole, '--json'])).toMatchObject({
      code: 0,
      stdout: `${JSON.stringify({ type: 'complete', folder: whole })}\n`,
    });
    expect(resultOf(whole)).toEqual(before);
  });

  it('is evaluated as it was validated, but for the rounding that is free of the batch', async () => {
    const { code, stdout } = await residual(['evaluate', '--run', whole, '--limit', '96', '--json']);
    expect(code).toBe(0);
    const { validationLoss, validationAccuracy } = JSON.parse(resultOf(whole).history).at(-1);
    const { images, loss, accuracy } = JSON.parse(stdout);
    expect({ images, accuracy }).toEqual({ images: 96, accuracy: validationAccuracy });
    expect(Math.abs(loss - validationLoss)).toBeLessThan(1e-5);
  });

  it('names what is in pictures; one that cannot be read is an error, and the others are still named', async () => {
    const file = join(folder.path, 'picture.png');
    await sharp({ create: { width: 90, height: 70, channels: 3, background: '#eeeeee' } })
      .png()
      .toFile(file);
    const { code, stdout, stderr } = await residual([
      'predict',
      'none.png',
      file,
      '--run',
      whole,
      '--top',
      '10',
      '--json',
    ]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr:
        'error: none.png: expected a PNG, JPEG, WebP, GIF or AVIF picture, received no such file. Check the path.\n' +
        'error: 1 of 2 files could not be read; the others are named.\n',
    });
    const { classes } = JSON.parse(stdout);
    expect(classes).toHaveLength(10);
    expect(classes.map(({ className }: { className: string }) => className)).toContain('Ankle boot');
    const sum = classes.reduce(
      (total: number, { probability }: { probability: number }) => total + probability,
      0,
    );
    expect(sum).toBeCloseTo(1, 5);
  });

  it('is found as the newest', async () => {
    const words = ['evaluate', '--limit', '32', '--json'];
    const found = JSON.parse((await residual(words, { cwd: folder.path })).stdout);
    expect(found.model).toMatch(/^runs[/\\]\d{4}.*model\.safetensors$/);
  });
});
