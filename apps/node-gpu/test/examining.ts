import { copyFileSync, cpSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { residual } from './residual.js';
import { CLASSES, HEIGHT, WIDTH, writeStripes } from './stripes.js';
import { folder } from './tinyRun.js';

const sample = join(import.meta.dirname, '..', '..', '..', 'tooling', 'emoji', 'sample');
const OPTIONS = ['--backend', 'simd', '--threads', '1'];

describe('residual data', () => {
  it('prints what is in a folder, and what train would do', async () => {
    const { code, stdout, stderr } = await residual(['data', sample, ...OPTIONS]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^sample: 200 pictures of 9 classes\n\nclass +train/);
    expect(stdout).toMatch(/^all +\d+/m);
    expect(stdout).toMatch(/^The largest class has \d+\.\d times the pictures of the smallest/m);
    expect(stdout).toContain('\npassed over: 1\n  in no folder of a class: ATTRIBUTION.txt\n');
    expect(stdout).toContain(
      '\nequal pictures: 1 group\n  People & Body/1f468-200d-1f466.png, People & Body/1f468-200d-1f467.png\n',
    );
    expect(stdout).toMatch(/^pictures alike, as if saved or resized again: 8 groups$/m);
    expect(stdout).toMatch(/^Not found: .*such in several parts, blank ones, tiny\s+ones\.$/m);
    expect(stdout).toMatch(/^train would do this:\nrecipe {4}photos, /m);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect((await residual(['data', sample, ...OPTIONS])).stdout).toBe(stdout);
  });

  it('finds what is wrong, as JSON: the facts and the plan', async () => {
    const bad = join(folder.path, 'bad');
    for (const part of ['train', 'test']) {
      for (const name of ['Flags', 'Symbols'])
        cpSync(join(sample, name), join(bad, part, name), { recursive: true });
    }
    mkdirSync(join(bad, 'train', 'Symbols', 'deep'));
    copyFileSync(join(sample, 'Flags', '1f1e7-1f1ee.png'), join(bad, 'train', 'Symbols', 'deep', 'flag.png'));
    writeFileSync(join(bad, 'train', 'Flags', 'broken.png'), 'no picture');
    const words = ['data', bad, '--json', '--recipe', 'photos', '--size', '32', ...OPTIONS];
    const { code, stdout } = await residual(words);
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      name: 'bad',
      parts: { train: 49, test: 48 },
      sees: { height: 32, width: 32, channels: 3 },
      passedOver: [{ file: 'train/Flags/broken.png' }],
      train: {
        model: 'resnet20',
        parts: { train: 45, validation: 4, validatedBy: 'held out', test: 48 },
        batchSize: 32,
        stepsPerEpoch: 2,
      },
    });
    expect(found.duplicates).toHaveLength(48);
    expect(found.inTwoParts).toHaveLength(48);
    expect(found.inTwoClasses.map((group: { path: string }[]) => group.map(({ path }) => path))).toEqual([
      ['test/Flags/1f1e7-1f1ee.png', 'train/Flags/1f1e7-1f1ee.png', 'train/Symbols/deep/flag.png'],
    ]);
  });

  it('looks at pictures in memory too', async () => {
    const stripes = join(folder.path, 'stripes to look at');
    writeStripes(stripes);
    const { code, stdout } = await residual(['data', stripes, '--json', '--recipe', 'd2l', ...OPTIONS]);
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      parts: { train: 52, test: 26 },
      ratio: 1,
      width: { min: WIDTH, median: WIDTH, max: WIDTH },
      sees: { height: 96, width: 96, channels: 3 },
      smaller: 78,
      passedOver: [],
      train: { model: 'd2l-resnet18', epochs: 10, batchSize: 128, stepsPerEpoch: 1 },
    });
    expect(found.duplicates).toHaveLength(CLASSES);
    expect(found.duplicates[0][0]).toEqual({
      part: 'train',
      index: 0,
      className: '0',
      width: WIDTH,
      height: HEIGHT,
    });
  });

  it('says why train would not begin, after what there is all the same', async () => {
    const one = join(folder.path, 'one');
    cpSync(join(sample, 'Flags'), join(one, 'Flags'), { recursive: true });
    const count = readdirSync(join(one, 'Flags')).length;
    const refused = await residual(['data', one, ...OPTIONS]);
    expect(refused).toMatchObject({
      code: 1,
      stdout: `one: ${count} pictures of 1 class\n\nclass  pictures\nFlags  ${String(count).padStart(8)}\nall    ${String(count).padStart(8)}\n\n`,
    });
    expect(refused.stderr).toContain("expected at least two classes, received only 'Flags'");
    for (const part of ['train', 'test']) mkdirSync(join(one, part, 'Symbols'), { recursive: true });
    for (const part of ['train', 'test'])
      cpSync(join(one, 'Flags'), join(one, part, 'Flags'), { recursive: true });
    writeFileSync(join(one, 'train', 'Symbols', 'broken.png'), 'no picture');
    const { code, stdout, stderr } = await residual(['data', one, '--json', ...OPTIONS]);
    expect(code).toBe(1);
    const [found, error] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(error).toMatchObject({ type: 'error', ...found.refused });
    expect(found).toMatchObject({
      parts: { train: count, test: count },
      classes: [
        { name: 'Flags', parts: { train: count, test: count } },
        { name: 'Symbols', parts: { train: 0, test: 0 } },
      ],
      train: null,
      refused: { code: 'FORMAT', fix: 'Add pictures, or remove the class.' },
    });
    expect(found.passedOver.at(-1).file).toBe('train/Symbols/broken.png');
    expect(stderr).toContain("none for 'Symbols'");
    expect(await residual(['data', join(folder.path, 'nowhere')])).toMatchObject({ code: 2, stdout: '' });
  });
});
