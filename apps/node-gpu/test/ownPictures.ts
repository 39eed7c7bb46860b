import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { residual } from './residual.js';
import { CLASSES, HEIGHT, WIDTH, writePng, writeStripes } from './stripes.js';
import { folder, interruptAfter, resultOf, resume } from './tinyRun.js';

const data = join(folder.path, 'stripes');
const trained = join(folder.path, 'runs', 'stripes');
const OPTIONS = [
  ...['--recipe', 'quick', '--epochs', '2', '--batch-size', '13', '--backend', 'simd', '--threads', '1'],
  ...['--checkpoint-every', '0.001'],
];

function settingsOf(run: string) {
  return withoutMeasured(readFileSync(join(run, 'config.json'), 'utf8'));
}

/** A tile is chosen by how fast it is just now; it changes no bit. */
function withoutMeasured(json: string) {
  const settings = JSON.parse(json);
  delete settings.environment.backend.details.tile;
  return settings;
}

describe('pictures of 40x24 in colour, of 13 classes', () => {
  beforeAll(async () => {
    writeStripes(data);
    const words = ['train', ...OPTIONS, '--data', data, '--out', trained];
    expect(await residual(words)).toMatchObject({ code: 0, stderr: '' });
  });

  it('train, by their own task', () => {
    const { version, task, training, environment } = settingsOf(trained);
    expect(version).toBe(1);
    expect(task).toMatchObject({
      picture: { height: HEIGHT, width: WIDTH, channels: 3 },
      data: { name: 'stripes' },
    });
    expect(task.classNames).toHaveLength(CLASSES);
    expect(training).toMatchObject({ recipe: 'quick', epochs: 2, batchSize: 13, limit: null });
    expect(environment).toMatchObject({
      data: { name: 'idx', path: data },
      backend: { name: 'simd', options: { threads: 1 } },
      imports: [],
    });
    expect(readFileSync(join(trained, 'curves.svg'), 'utf8')).toContain('resnet20 on stripes');
  });

  it('go on to the same bits, from another place and with other threads', async () => {
    const out = join(folder.path, 'runs', 'moved');
    const before = join(folder.path, 'before', 'stripes');
    cpSync(data, before, { recursive: true });
    const words = [...OPTIONS, '--data', `${before}/`, '--out', out];
    const moment = { type: 'checkpoint', count: 2 } as const;
    const first = await interruptAfter(words, moment, ({ child }) => child.kill('SIGINT'));
    expect(first.code).toBe(130);
    renameSync(before, join(folder.path, 'before', 'gone'));
    const gone = await resume(out);
    expect(gone.code).toBe(1);
    for (const words of [before, 'name their new place: --data stripes'])
      expect(gone.stderr).toContain(words);
    const moved = ['train', '--resume', out, '--data', join(folder.path, 'before', 'gone'), '--threads', '2'];
    expect(await residual(moved)).toMatchObject({ code: 0, stderr: '' });
    expect(resultOf(out)).toEqual(resultOf(trained));
    expect(settingsOf(out).environment).toMatchObject({
      data: { path: join(folder.path, 'before', 'gone') },
      backend: { options: { threads: 2 } },
    });
  });

  it('are not those of another run, though the folder is called the same', async () => {
    const out = join(folder.path, 'runs', 'other');
    const words = [...OPTIONS, '--data', data, '--out', out];
    const moment = { type: 'checkpoint', count: 1 } as const;
    await interruptAfter(words, moment, ({ child }) => child.kill('SIGINT'));
    const fewer = join(folder.path, 'fewer', 'stripes');
    writeStripes(fewer, { train: 39, t10k: 26 });
    const { code, stderr } = await residual(['train', '--resume', out, '--data', fewer]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: [^\n]*47[^\n]*36[^\n]*\n$/),
    });
    expect(settingsOf(out).environment.data.path).toBe(data);
  });

  it('are judged, and named in pictures of any size', async () => {
    const { code, stdout } = await residual(['evaluate', '--run', trained, '--part', 'validation', '--json']);
    expect(code).toBe(0);
    const { validationLoss, validationAccuracy } = JSON.parse(resultOf(trained).history).at(-1);
    const judged = JSON.parse(stdout);
    expect(judged).toMatchObject({ images: 5, accuracy: validationAccuracy });
    expect(judged.loss).toBeCloseTo(validationLoss, 5);
    const files = await Promise.all(
      [1, 3].map(async (scale) => {
        const file = join(folder.path, `stripes-${scale}.png`);
        await writePng(file, 7, scale);
        return file;
      }),
    );
    const named = await residual(['predict', ...files, '--run', trained, '--top', '20', '--json']);
    expect(named).toMatchObject({ code: 0, stderr: '' });
    const lines = named.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ file }) => file)).toEqual(files);
    for (const { classes } of lines) expect(classes).toHaveLength(CLASSES);
    const alone = await residual(['predict', files[1]!, '--run', trained, '--top', '20', '--json']);
    expect(JSON.parse(alone.stdout)).toEqual(lines[1]);
  });

  it('are refused where a network knows none of their classes', async () => {
    const { code, stderr } = await residual([
      ...['evaluate', '--run', join(folder.path, 'runs', 'whole')],
      ...['--data', data],
    ]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(
        /^error: stripes\/\w+: classNames: expected pictures of a class that the network knows: T-shirt\/top, .* received those of 0, 1, /,
      ),
    });
  });

  it('show in the summary of a run', async () => {
    const { code, stdout } = await residual(['summary', '--run', trained]);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `input shape: [1,${HEIGHT},${WIDTH},3] (batch, height, width, channels); 13 classes`,
    );
  });

  it('train again from what --print-config prints, which makes no folder', async () => {
    const words = ['train', ...OPTIONS, '--data', data];
    const printed = await residual([...words, '--print-config'], { cwd: data });
    expect(printed).toMatchObject({ code: 0, stderr: '' });
    expect(existsSync(join(data, 'runs'))).toBe(false);
    expect(withoutMeasured(printed.stdout)).toEqual(settingsOf(trained));
    const file = join(folder.path, 'printed.json');
    writeFileSync(file, printed.stdout);
    const out = join(folder.path, 'runs', 'printed');
    const again = ['train', '--config', file, '--checkpoint-every', '0.001', '--out', out];
    expect(await residual(again)).toMatchObject({ code: 0, stderr: '' });
    expect(resultOf(out)).toEqual(resultOf(trained));
    expect(settingsOf(out)).toEqual(settingsOf(trained));
  });

  it('train by parts of a configuration, over which the command line goes', async () => {
    const place = join(folder.path, 'parts');
    mkdirSync(place);
    const file = join(place, 'mine.json');
    const parts = {
      $schema: './config.schema.json',
      training: { recipe: 'quick', epochs: 3, seed: 7, augment: [] },
      environment: {
        data: { name: 'idx', path: '../stripes' },
        backend: { name: 'simd', options: { threads: 2 } },
      },
    };
    writeFileSync(file, JSON.stringify(parts));
    const words = ['train', '--config', file, '--epochs', '1', '--threads', '1', '--print-config', '--json'];
    const { task, training, environment } = JSON.parse((await residual(words)).stdout);
    expect(task.picture).toEqual({ height: HEIGHT, width: WIDTH, channels: 3 });
    expect(training).toMatchObject({ recipe: 'quick', epochs: 1, seed: 7, augment: [], batchSize: 128 });
    expect(environment).toMatchObject({ data: { path: data }, backend: { options: { threads: 1 } } });
    writeFileSync(file, JSON.stringify({ training: { epoch: 3 } }));
    expect(await residual(['train', '--config', file])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('mine.json: training.epoch: expected no such field'),
    });
  });
});
