import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, residual, start } from './residual.js';
import { eventsOf, folder, smallNetwork } from './tinyRun.js';

const emoji = fileURLToPath(new URL('../../../tooling/emoji/sample', import.meta.url));
/** 60 emoji of three classes. */
const pictures = join(folder.path, 'emoji');
const run = join(folder.path, 'runs', 'emoji');
const cache = { env: { XDG_CACHE_HOME: join(folder.path, 'cache') } };
const OPTIONS = ['--size', '16', '--epochs', '2', '--backend', 'simd', '--threads', '1'];
const CLASSES = ['Flags', 'Smileys & Emotion', 'Symbols'];

const command = (words: readonly string[]) => residual(words, cache);
const csvOf = ({ stdout }: Outcome) =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));

describe('a folder of pictures', () => {
  let outcome: Outcome;

  beforeAll(async () => {
    for (const name of CLASSES) cpSync(join(emoji, name), join(pictures, name), { recursive: true });
    outcome = await command(['train', pictures, ...OPTIONS, '--out', run]);
  });

  it('trains by the recipe photos, which says what it chose, why, and what it does to pictures', () => {
    expect(outcome).toMatchObject({ code: 0 });
    for (const words of [
      /^recipe {3}photos, for pictures of your own\. By itself resnet20 on 16x16 \(as asked\) and \d+ epochs for \d+ pictures; /m,
      /^pictures 16x16 colour: in colour, the shorter side made 16 pixels, the middle 16x16, normalized by mean and deviation$/m,
      /^training a random piece of 50 % to 100 % of the area, resized, 50 % of them mirrored left to right \(--no-flip /m,
      /^classes {2}3; /m,
    ]) {
      expect(outcome.stdout).toMatch(words);
    }
    const { task, training } = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));
    expect(task.classNames).toEqual(CLASSES);
    expect(training).toMatchObject({
      recipe: 'photos',
      epochs: 2,
      batchSize: 32,
      balance: 'none',
      dropLast: false,
    });
  });

  it('is told how its figures are, class by class', async () => {
    const text = await command(['evaluate', '--run', run]);
    expect(text).toMatchObject({ code: 0 });
    expect(text.stdout).toMatch(/^balanced {2}[\d.]+ %/m);
    expect(text.stdout).toMatch(/^ {3}class +images +recall +precision +F1$/m);
    expect(text.stdout).toMatch(/^ {3}taken for +1 +2 +3$/m);
    const judged = JSON.parse((await command(['evaluate', '--run', run, '--json'])).stdout);
    expect(judged.classes.map(({ className }: { className: string }) => className)).toEqual(CLASSES);
    const counts: number[][] = judged.confusionMatrix;
    expect(counts.flat().reduce((a, b) => a + b)).toBe(judged.images);
    expect(counts.reduce((sum, row, i) => sum + row[i]!, 0) / judged.images).toBeCloseTo(judged.accuracy, 12);
    expect(judged).not.toHaveProperty('top5'); // of three classes
    const options = ['--best', '--tta', 'crops', '--json'];
    const best = JSON.parse((await command(['evaluate', '--run', run, ...options])).stdout);
    expect(best.tta).toMatchObject({ name: 'crops', accuracy: best.accuracy });
    expect(best.tta.loss).toBeCloseTo(best.loss, 5); // of square pictures all crops are one
    const history = JSON.parse(readFileSync(join(run, 'history.json'), 'utf8'));
    expect(best.model).toMatch(/checkpoint-\d+\.safetensors$/);
    const accuracies = history.map(
      ({ validationAccuracy }: { validationAccuracy: number }) => validationAccuracy,
    );
    expect(history[accuracies.indexOf(Math.max(...accuracies))].step).toBe(
      Number(/(\d+)\.safetensors$/.exec(best.model)![1]),
    );
  });

  it('matches the classes of other pictures by their names', async () => {
    const other = join(folder.path, 'other', 'set');
    cpSync(join(emoji, 'Symbols'), join(other, 'test', 'Symbols'), { recursive: true });
    cpSync(join(emoji, 'Objects'), join(other, 'test', 'Objects'), { recursive: true });
    cpSync(join(other, 'test'), join(other, 'train'), { recursive: true });
    const { code, stdout, stderr } = await command(['evaluate', '--run', run, '--data', other, '--json']);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(
        /doesn't know their classes: Objects \(\d+\)\.[\s\S]*no picture of Flags, Smileys & Emotion,/,
      ),
    });
    const judged = JSON.parse(stdout);
    expect(judged.missing).toEqual(['Flags', 'Smileys & Emotion']);
    expect(judged.unknown).toEqual([
      { className: 'Objects', count: readdirSync(join(emoji, 'Objects')).length },
    ]);
    expect(judged.confusionMatrix.slice(0, 2).flat()).toEqual([0, 0, 0, 0, 0, 0]);
    for (const part of ['train', 'test']) rmSync(join(other, part, 'Symbols'), { recursive: true });
    cpSync(join(emoji, 'Activities'), join(other, 'train', 'Activities'), { recursive: true });
    cpSync(join(emoji, 'Activities'), join(other, 'test', 'Activities'), { recursive: true });
    expect(await command(['evaluate', '--run', run, '--data', other])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('expected pictures of a class that the network knows: Flags, '),
    });
  });

  it('is named in one table, but for what cannot be read', async () => {
    const place = join(folder.path, 'unknown');
    cpSync(join(emoji, 'Flags'), join(place, 'in, here'), { recursive: true });
    const [first] = readdirSync(join(emoji, 'Flags')).filter((name) => name.endsWith('.png'));
    const bytes = readFileSync(join(emoji, 'Flags', first!));
    writeFileSync(join(place, 'broken.png'), bytes.subarray(0, 200));
    writeFileSync(join(place, 'notes.txt'), 'not a picture');
    const named = await command(['predict', place, '--run', run, '--csv', '--top', '2']);
    expect(named.code).toBe(1);
    expect(named.stderr).toMatch(/broken\.png: expected a whole picture/);
    expect(named.stderr).toMatch(/notes\.txt \(no picture\)/);
    const [header, ...rows] = csvOf(named);
    expect(header).toEqual(['path', 'label', 'probability', 'label_2', 'probability_2']);
    const count = readdirSync(join(emoji, 'Flags')).length;
    expect(rows).toHaveLength(count);
    expect(named.stderr).toContain(`expected ${count + 1} that can be read, received 1 that can't be.`);
    for (const row of rows) expect(CLASSES).toContain(row.at(-4));
    const lines = await command(['predict', join(place, 'in, here'), '--run', run, '--json', '--top', '1']);
    expect(lines).toMatchObject({ code: 0, stderr: '' });
    const labels = lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).classes[0].className);
    expect(labels).toEqual(rows.map((row) => row.at(-4)));
  });

  it('is named path by path from stdin, each as it comes', async () => {
    const [first, second] = readdirSync(join(pictures, 'Flags')).map((name) => join(pictures, 'Flags', name));
    const words = ['predict', '-', '--run', run, '--json'];
    const { child, outcome } = start(words, { ...cache, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin!.write(`${first}\n`);
    await new Promise<void>((resolve) => child.stdout!.once('data', () => resolve())); // before stdin ends
    child.stdin!.end(`\n${second}\n`);
    const { code, stdout } = await outcome;
    expect(code).toBe(0);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).file),
    ).toEqual([first, second]);
  });

  it('is drawn as the network gets it, without a run', async () => {
    const file = join(folder.path, 'seen.png');
    const words = ['train', pictures, ...OPTIONS, '--preview', file, '--no-flip', '--json'];
    const { code, stdout } = await residual(words, { ...cache, cwd: folder.path });
    expect({ code, ...eventsOf(stdout).at(-1) }).toEqual({ code: 0, type: 'preview', file, pictures: 32 });
    expect(await sharp(file).metadata()).toMatchObject({
      format: 'png',
      width: 8 * 136 + 8,
      height: 4 * 152 + 8,
    });
  });

  it('is mirrored, cut, balanced and normalized as asked', async () => {
    const words = ['train', '--data', pictures, ...OPTIONS, '--print-config', '--json'];
    const asked = [
      '--no-flip',
      '--crop',
      'none',
      '--normalize',
      'imagenet',
      '--balance',
      'sampler',
      '--drop-last',
    ];
    const { task, training } = JSON.parse((await command([...words, ...asked])).stdout);
    expect(task).toMatchObject({
      steps: [{ name: 'color' }, { name: 'stretch' }],
      normalize: { mean: [0.485, 0.456, 0.406] },
    });
    expect(training).toMatchObject({ augment: [], balance: 'sampler', dropLast: true });
    expect(await command(['train', pictures, '--data', emoji])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--data: expected none beside '),
    });
  });

  it('says how uneven its classes are, and evens them out', async () => {
    const uneven = join(folder.path, 'uneven');
    cpSync(join(pictures, 'Symbols'), join(uneven, 'train', 'Symbols'), { recursive: true });
    mkdirSync(join(uneven, 'train', 'Flags'));
    const [first] = readdirSync(join(pictures, 'Flags'));
    cpSync(join(pictures, 'Flags', first!), join(uneven, 'train', 'Flags', first!));
    cpSync(join(pictures, 'Flags'), join(uneven, 'test', 'Flags'), { recursive: true });
    const words = [
      'train',
      uneven,
      ...OPTIONS,
      '--balance',
      'sampler',
      '--hold-out',
      '0',
      '--epochs',
      '1',
      '--json',
    ];
    const { code, stdout } = await residual(words, { ...cache, cwd: folder.path });
    expect(code).toBe(0);
    const about = eventsOf(stdout).find(({ type }) => type === 'run');
    const symbols = readdirSync(join(pictures, 'Symbols')).length;
    expect(about).toMatchObject({
      type: 'run',
      classes: {
        count: 2,
        fewest: { className: 'Flags', pictures: 1 },
        most: { className: 'Symbols', pictures: symbols },
      },
      training: expect.arrayContaining(['each class equally often']),
    });
  });

  it('says where it is no longer what its run began with', async () => {
    const words = ['evaluate', '--run', run, '--part', 'train', '--json'];
    expect(await command(words)).toMatchObject({ code: 0, stderr: '' });
    const [first] = readdirSync(join(pictures, 'Symbols'));
    const [there, away] = [join(pictures, 'Symbols', first!), join(folder.path, 'away.png')];
    renameSync(there, away);
    const { code, stderr } = await command(words);
    renameSync(away, there);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/emoji are not those that the run began with: some are gone, /),
    });
  });

  it('says of which classes nothing is left to train on', async () => {
    const words = ['train', pictures, ...OPTIONS, '--epochs', '1', '--limit', '2', '--json'];
    const { code, stdout } = await residual(words, { ...cache, cwd: folder.path });
    expect(code).toBe(0);
    const about = eventsOf(stdout).find(({ type }) => type === 'run');
    expect(about).toMatchObject({ classes: { count: 3, untrained: [expect.any(String)] } });
    const text = await residual(words.slice(0, -1), { ...cache, cwd: folder.path });
    expect(text.stdout).toMatch(/^classes {2}3, of 1 picture each\n +none to train on of .*--limit$/m);
  });

  it('is refused before it trains where the last batch is one picture on a map of one pixel, and leaves nothing', async () => {
    const out = join(folder.path, 'runs', 'last');
    const network = smallNetwork({ stages: [[1, 8], [1, 8], [1, 8], [1, 8]] }); // biome-ignore format: an architecture
    const lengths = ['--limit', '17', '--batch-size', '16', '--epochs', '1', '--hold-out', '0'];
    const words = ['train', '--recipe', 'quick', ...network, ...lengths];
    const device = ['--backend', 'simd', '--threads', '1', '--log', 'csv,tensorboard', '--out', out];
    expect(await command([...words, ...device])).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /the last batch of an epoch: expected two pictures or more, .* --drop-last/,
      ),
    });
    expect(existsSync(out)).toBe(false);
    expect(await command([...words, ...device, '--drop-last'])).toMatchObject({ code: 0 });
  });
});
