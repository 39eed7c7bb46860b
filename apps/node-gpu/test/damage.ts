import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { unavailable } from '@residual/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Outcome, residual, residualInShell } from './residual.js';
import { checkpointsIn, folder, interruptAfter, resultOf, resume, TINY, whole } from './tinyRun.js';

/** A run that was stopped after a few checkpoints. */
const stopped = join(folder.path, 'stopped');

let stopping: Promise<unknown> | undefined;
/** Trains {@link stopped}, once. */
async function trainStopped(): Promise<void> {
  const moment = { type: 'checkpoint', count: 3 } as const;
  stopping ??= interruptAfter([...TINY, '--out', stopped], moment, ({ child }) => child.kill('SIGINT'));
  expect(await stopping).toMatchObject({ code: 130 });
}

let copies = 0;
/** A copy of a run, with something done to it. */
function damaged(run: string, damage: (copy: string) => void): string {
  const copy = join(folder.path, `copy-${copies++}`);
  cpSync(run, copy, { recursive: true });
  damage(copy);
  return copy;
}

function flipByte(file: string): void {
  const bytes = readFileSync(file);
  const middle = bytes.length >> 1;
  bytes[middle] = bytes[middle]! ^ 1;
  writeFileSync(file, bytes);
}

function edit(file: string, change: (config: { training: Record<string, unknown> }) => void): void {
  const config = JSON.parse(readFileSync(file, 'utf8'));
  change(config);
  writeFileSync(file, JSON.stringify(config));
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Every error: one line on stderr, nothing on stdout, and an exit code. */
function expectError({ code, stdout, stderr }: Outcome, expectedCode: number, message: RegExp): void {
  expect({ code, stdout }).toEqual({ code: expectedCode, stdout: '' });
  expect(stderr).toMatch(message);
  expect(stderr).toMatch(/^error: [^\n]+\.\n$/);
}

/** All files of a folder with their contents. */
function contents(path: string): Map<string, string> {
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const files = entries.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return new Map(files.map((file) => [file, readFileSync(file, 'base64')]));
}

describe('a damaged run folder', () => {
  beforeAll(trainStopped);

  it('89 falls back to the checkpoint before a damaged one, with a warning, and loses no bit', async () => {
    const run = damaged(stopped, (copy) => flipByte(join(copy, 'checkpoint', checkpointsIn(copy).at(-1)!)));
    const { code, stderr } = await resume(run);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: Passed over checkpoint-\d+\.safetensors: .*\n$/);
    expect(resultOf(run)).toEqual(resultOf(whole));
  });

  it('90 is an error when all checkpoints are cut off', async () => {
    const run = damaged(stopped, (copy) => {
      for (const name of checkpointsIn(copy)) truncateSync(join(copy, 'checkpoint', name), 4096);
    });
    expectError(await resume(run), 1, /only damaged ones: checkpoint-/);
  });

  it('93 clears away what a killed process left half written', async () => {
    const run = damaged(stopped, (copy) => {
      // Under a number that no process has.
      writeFileSync(join(copy, 'checkpoint', '.residual-999999999-0123456789ab.tmp'), 'half');
      writeFileSync(join(copy, 'events.jsonl'), '{"time":"2026-01-31T12:00:00.000Z","type":"ru', {
        flag: 'a',
      });
    });
    expect(await resume(run)).toMatchObject({ code: 0, stderr: '' });
    expect(resultOf(run)).toEqual(resultOf(whole));
    for (const line of readFileSync(join(run, 'events.jsonl'), 'utf8').trimEnd().split('\n'))
      JSON.parse(line);
    expect(readdirSync(join(run, 'checkpoint')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('is named where its logs cannot be written: the command that writes them fails', async () => {
    const run = damaged(whole, (copy) =>
      mkdirSync(join(copy, 'history.csv', 'in the way'), { recursive: true }),
    );
    const { code, stdout, stderr } = await residual(['log', 'csv', '--run', run]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(
      /^error: \S*history\.csv: expected a file that can be written, received E\w+\. [^\n]+\n$/m,
    );
  });

  it('is named where a folder has the name of its record', async () => {
    const run = damaged(stopped, (copy) => {
      rmSync(join(copy, 'events.jsonl'));
      mkdirSync(join(copy, 'events.jsonl'));
    });
    expectError(
      await residual(['log', 'csv', '--run', run]),
      1,
      /events\.jsonl: expected a file, received a folder/,
    );
  });

  it.each<[string, (copy: string) => void, RegExp]>([
    ['is no JSON', (copy) => truncateSync(join(copy, 'config.json'), 100), /config\.json: expected JSON/],
    [
      'is empty JSON',
      (copy) => writeFileSync(join(copy, 'config.json'), '{}'),
      /config\.json: version: expected 1, received none\. /,
    ],
    [
      'never ends',
      (copy) => {
        rmSync(join(copy, 'config.json'));
        symlinkSync('/dev/zero', join(copy, 'config.json'));
      },
      /config\.json: expected a file or folder, received a pipe or a device/,
    ],
    [
      '91 names another network than its checkpoints',
      (copy) =>
        edit(join(copy, 'config.json'), ({ training }) =>
          Object.assign(training, { model: { name: 'resnet18' } }),
        ),
      /checkpoint-\d+\.safetensors: .*resnet18/,
    ],
  ])('is an error when config.json %s', async (_, damage, message) => {
    expectError(await resume(damaged(stopped, damage)), 1, message);
  });

  it.each<[string, (copy: string) => void, RegExp]>([
    [
      'is cut off',
      (copy) => truncateSync(join(copy, 'model.safetensors'), 5000),
      /model\.safetensors: .*expected/,
    ],
    [
      'is of another network',
      (copy) =>
        edit(join(copy, 'config.json'), ({ training }) =>
          Object.assign(training, { model: { name: 'resnet18' } }),
        ),
      /model\.safetensors: expected the weights of resnet18 for fashion-mnist, 28x28, as config\.json says, received those of resnet20 /,
    ],
  ])('cannot be evaluated when its model %s', async (_, damage, message) => {
    expectError(await residual(['evaluate', '--run', damaged(whole, damage), '--limit', '16']), 1, message);
  });
});

describe('a command line that cannot work', () => {
  it.each<[string[], RegExp]>([
    [['--recipe', 'best'], /--recipe: expected auto, d2l, quick or photos, received best\. .*quick: /],
    [['--model', 'vgg16'], /--model: expected a known network, received vgg16\. There are d2l-resnet18, /],
    [['--backend', 'cuda'], /--backend: expected auto, tensorflow, webgpu, simd or cpu, received cuda\. /],
    [
      ['--data', 'nowhere'],
      /--data: expected a folder or file of pictures, or the name of a source of them \(.*\), received nowhere\. /,
    ],
    [['--epochs', '0'], /--epochs: expected a whole number of at least 1, received 0\. /],
    [['--resume', whole, '--batch-size', '32'], /--batch-size: expected 16, with which .* received 32\. /],
    [['--resume', whole, '--model', 'resnet18'], /--model: expected resnet20, .* received resnet18\. /],
    [['--resume', whole, '--out', folder.path], /--out: expected .*whole, .* received /],
  ])('%j is a usage error', async (words, message) => {
    expectError(await residual(['train', ...words], { cwd: folder.path }), 2, message);
  });

  it.each<[string[], RegExp]>([
    [['train', '--out', whole], /--out .*whole: expected an empty folder, or none yet, received a run\. /],
    [
      ['train', '--resume', 'nowhere'],
      /--resume nowhere: expected a run folder, .* received nothing there\. /,
    ],
    [
      ['evaluate', '--run', '.'],
      /--run \.: expected a run folder, .* received a folder or file without it\. /,
    ],
  ])('%j is an error that changes nothing', async (words, message) => {
    const before = contents(folder.path);
    expectError(await residual(words, { cwd: folder.path }), 1, message);
    expect(contents(folder.path)).toEqual(before);
  });
});

describe('a folder without runs', () => {
  it('has no newest run', async () => {
    const cwd = join(folder.path, 'empty');
    mkdirSync(cwd);
    expectError(
      await residual(['predict', 'a.png'], { cwd }),
      1,
      /runs: expected a run in this folder, received none\. /,
    );
  });
});

describe('a disk that refuses', () => {
  beforeAll(trainStopped);

  it('ends the run when it is full, and loses nothing', async () => {
    const run = join(folder.path, 'full');
    // 1 MB a file: enough for all but the checkpoints.
    const words = ['train', ...TINY, '--out', run, '--json'];
    const { code, stderr } = await residualInShell('ulimit -f 1000', words, {});
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: .*checkpoint-\d+\.safetensors: expected [^\n]+, received EFBIG\. [^\n]+\n$/,
    );
    expect(readdirSync(join(run, 'checkpoint'))).toEqual([]);
    expect(await resume(run)).toMatchObject({ code: 0, stderr: '' });
    expect(resultOf(run)).toEqual(resultOf(whole));
  });

  it('ends the run where its folder is removed while it goes on, and another is in its place', async () => {
    const run = join(folder.path, 'leaving');
    const words = [...TINY, '--epochs', '50', '--checkpoint-every', '3600', '--out', run];
    const replace = () => {
      renameSync(run, `${run}-moved`);
      mkdirSync(run);
    };
    const { code, stderr } = await interruptAfter(words, { type: 'start', count: 1 }, replace);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(/^error: .*leaving.* (moved or removed|nothing there|received ENOENT)/),
    ]);
  });

  it('keeps the checkpoints there are when a later one cannot be written', async () => {
    const run = damaged(stopped, () => {});
    const before = contents(join(run, 'checkpoint'));
    const { code, stderr } = await residualInShell('ulimit -f 1000', ['train', '--resume', run], {});
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: .* received EFBIG\. /),
    });
    expect(contents(join(run, 'checkpoint'))).toEqual(before);
    expect(await resume(run)).toMatchObject({ code: 0 });
    expect(resultOf(run)).toEqual(resultOf(whole));
  });

  it('is named where a run folder is read-only, and nothing in it changes', async (context) => {
    const run = damaged(stopped, (copy) => chmodSync(join(copy, 'events.jsonl'), 0o444));
    if (isWritable(join(run, 'events.jsonl'))) {
      unavailable(context, 'permissions', 'they do not bind the user who runs the tests (root)');
    }
    const before = contents(run);
    expectError(
      await resume(run),
      1,
      /events\.jsonl: expected access, received permission denied \(EACCES\)\. /,
    );
    expect(contents(run)).toEqual(before);
  });

  it('is named where a folder cannot be made', async () => {
    const file = join(folder.path, 'file');
    writeFileSync(file, '');
    expectError(
      await residual(['train', ...TINY, '--out', join(file, 'run')]),
      1,
      /file.run: expected a folder, received a file/,
    );
    const run = damaged(stopped, (copy) => {
      rmSync(join(copy, 'curves.svg'), { force: true });
      mkdirSync(join(copy, 'curves.svg'));
    });
    const { code, stderr } = await resume(run);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: [^\n]*: expected [^\n]+\n$/),
    });
  });
});
