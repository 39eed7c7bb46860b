import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeSafetensors } from '@residual/weights';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { residual, without } from './residual.js';
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

  it('judges the test part once, at the end, after what validated each epoch', async () => {
    const { stdout } = await trainWhole();
    expect(stdout).toContain(
      'parts    87 images to train on, 9 held out of them to validate with; 96 to test with, once at the end\n',
    );
    const tests = eventsOf(readFileSync(join(whole, 'events.jsonl'), 'utf8')).filter(
      ({ type }) => type === 'test',
    );
    const [judged] = readFileSync(join(whole, 'judgements.jsonl'), 'utf8').split('\n');
    const { time: _, by, count, ...figures } = JSON.parse(judged!);
    expect([by, count]).toEqual(['train', 96]);
    expect(tests).toEqual([{ time: expect.any(String), type: 'test', images: 96, ...figures }]);
    const { accuracy, interval } = figures;
    const [low, high] = interval.map((end: number) => (100 * end).toFixed(2));
    expect(stdout).toContain(
      `Test accuracy ${(100 * accuracy).toFixed(2)} % (95 % confidence: ${low} to ${high} %) of 96 images, judged once.\n`,
    );
  });

  it('leaves a complete run folder', async () => {
    const files = ['checkpoint', 'config.json', 'curves.png', 'curves.svg', 'events.jsonl', 'history.json'];
    expect(readdirSync(whole).sort()).toEqual([...files, 'judgements.jsonl', 'model.safetensors']);
    const { history, model } = resultOf(whole);
    expect(JSON.parse(history)).toEqual(
      [1, 2].map((epoch) => expect.objectContaining({ epoch, step: 6 * epoch })),
    );
    expect(decodeSafetensors(model).tensors.size).toBeGreaterThan(90);
    expect(checkpointsIn(whole).at(-1)).toBe('checkpoint-000000012.safetensors');
    expect(await sharp(join(whole, 'curves.png')).metadata()).toMatchObject({ format: 'png', width: 1400 });
    expect(readFileSync(join(whole, 'curves.svg'), 'utf8')).toContain('resnet20 on fashion-mnist');
  });

  it('trains on, with a word, and keeps its curves as SVG alone where what draws PNGs does not load', async () => {
    const out = join(folder.path, 'runs', 'undrawn');
    const env = without('@resvg/resvg-js');
    const { code, stdout, stderr } = await residual(['train', ...TINY, '--out', out], { env });
    expect(code).toBe(0);
    expect(stderr).toBe(
      'warning: curves.png is not drawn, curves.svg is: @resvg/resvg-js: expected the package that draws PNGs to load, ' +
        'received the error "it has no build". Install what it lacks, and this command again; all but PNGs works without it.\n',
    );
    expect(stdout).toContain(`Curves: ${join(out, 'curves.svg')}\n`);
    expect(resultOf(out)).toEqual(resultOf(whole));
    expect(existsSync(join(out, 'curves.png'))).toBe(false);
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
    expect(eventsOf(again.stdout).at(-2)).toMatchObject({ type: 'test', images: 96 });
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

  it('is evaluated on each of its parts, as it was validated and tested, but for the rounding that is free of the batch', async () => {
    const evaluated = async (...words: string[]) => {
      const { code, stdout } = await residual(['evaluate', '--run', whole, ...words, '--json']);
      expect(code).toBe(0);
      return JSON.parse(stdout);
    };
    const { validationLoss, validationAccuracy } = JSON.parse(resultOf(whole).history).at(-1);
    const { images, loss, accuracy, judgement } = await evaluated('--part', 'validation');
    expect({ images, accuracy, judgement }).toEqual({
      images: 9,
      accuracy: validationAccuracy,
      judgement: undefined,
    });
    expect(Math.abs(loss - validationLoss)).toBeLessThan(1e-5);
    expect(await evaluated('--part', 'train')).toMatchObject({ images: 87 });
    const [first] = readFileSync(join(whole, 'judgements.jsonl'), 'utf8').split('\n');
    const tested = await evaluated('--limit', '96');
    expect(tested).toMatchObject({ part: 'test', images: 96, judgement: 2 });
    expect(tested.accuracy).toBe(JSON.parse(first!).accuracy);
    const text = await residual(['evaluate', '--run', whole, '--limit', '96']);
    expect(text.stdout).toMatch(/^accuracy {2}\d+\.\d\d % \(95 % confidence: .*\)$/m);
    expect(text.stdout).toMatch(/\njudgement 3 of the test part of this run\n$/);
  });

  it('with --hold-out 0 the test part validates, which is said; more than a tenth is refused', async () => {
    const out = join(folder.path, 'chapter');
    const { stdout } = await residual(['train', ...TINY, '--epochs', '1', '--hold-out', '0', '--out', out]);
    expect(stdout).toContain('parts    96 images to train on; the 96 of the test part validate too, so that');
    const refused = await residual(['train', ...TINY, '--hold-out', '20']);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        '--hold-out: expected at most 9, a tenth of the 96 images to train on, received 20',
      ),
    });
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
        `warning: ${file}: of one colour, as the network sees it, so that the answer says nothing of it.\n` +
        "error: pictures: expected 2 that can be read, received 1 that can't be. The others are named.\n",
    });
    const [{ classes }, error] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(error).toMatchObject({
      type: 'error',
      code: 'FILE',
      where: 'pictures',
      fix: 'The others are named.',
    });
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
