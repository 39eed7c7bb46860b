import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { residual, start } from './residual.js';
import { writePng } from './stripes.js';
import { folder, resultOf } from './tinyRun.js';

const COUNT = 240;
/** For a signal, and another process, to come while they are packed: for three seconds, as progress is told once a second. */
const slow = { env: { NODE_OPTIONS: `--import=${new URL('slowPictures.js', import.meta.url)}` } };
const data = join(folder.path, 'packed');
const packs = join(folder.path, 'packs');
const pack = join(packs, 'my.pack');
const OPTIONS = [
  '--data',
  data,
  '--pack',
  pack,
  '--epochs',
  '1',
  '--limit',
  '32',
  '--batch-size',
  '16',
  '--size',
  '16',
];
const train = (name: string) => [
  ...['train', ...OPTIONS, '--model', 'resnet20', '--backend', 'simd', '--threads', '1'],
  ...['--json', '--out', join(folder.path, 'runs', name)],
];

/** What a command told with `--json`, by type. */
function told(stdout: string): Map<string, Record<string, unknown>[]> {
  const events = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const groups = new Map<string, Record<string, unknown>[]>();
  for (const event of events) groups.set(event.type, [...(groups.get(event.type) ?? []), event]);
  return groups;
}

describe('a pack, in processes of their own', () => {
  beforeAll(async () => {
    for (let i = 0; i < COUNT; i++) {
      const place = join(data, i % 10 === 0 ? 'test' : 'train', `class${i % 3}`);
      mkdirSync(place, { recursive: true });
      await writePng(join(place, `${i}.png`), i % 13);
    }
  });

  it('Ctrl-C while packing: nothing is left, and no run was begun', async () => {
    const { child, outcome } = start(train('stopped'), slow);
    let said = '';
    child.stdout!.on('data', (text) => {
      said += text;
      if (said.includes('"packing"')) child.kill('SIGINT');
    });
    const { code, stderr } = await outcome;
    expect({ code, stderr }).toEqual({
      code: 130,
      stderr: expect.stringMatching(/Stopped before the run began\.\n$/),
    });
    expect(readdirSync(packs)).toEqual([]);
    expect(readdirSync(join(folder.path, 'runs'))).not.toContain('stopped');
  });

  it('two at once, and one that finds the pack: the same run, and one pack is left', async () => {
    const both = await Promise.all([residual(train('one'), slow), residual(train('two'), slow)]);
    for (const { code, stdout, stderr } of both) {
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(told(stdout).get('packing')?.at(-1)).toMatchObject({ done: COUNT, total: COUNT });
    }
    expect(readdirSync(packs)).toEqual(['my.pack']);
    const third = await residual(train('three'));
    expect([...told(third.stdout).keys()]).not.toContain('packing');
    expect(resultOf(join(folder.path, 'runs', 'two'))).toEqual(resultOf(join(folder.path, 'runs', 'one')));
    expect(resultOf(join(folder.path, 'runs', 'three'))).toEqual(resultOf(join(folder.path, 'runs', 'one')));
  });

  it('a flipped bit is put right while it trains, and told as a warning', async () => {
    const bytes = readFileSync(pack);
    const flipped = Buffer.from(bytes);
    for (let at = 16; at < flipped.length / 2; at += 300) flipped[at]! ^= 1;
    writeFileSync(pack, flipped);
    const { code, stdout } = await residual(train('flipped'));
    expect(code).toBe(0);
    expect(told(stdout).get('warning')).toContainEqual(
      expect.objectContaining({
        message: expect.stringMatching(/my\.pack is damaged: .* put right in the pack\.$/),
      }),
    );
    expect(resultOf(join(folder.path, 'runs', 'flipped'))).toEqual(
      resultOf(join(folder.path, 'runs', 'one')),
    );
  });

  it('a file that is no pack is left alone', async () => {
    const mine = join(folder.path, 'mine.txt');
    writeFileSync(mine, 'mine');
    const { code, stderr } = await residual(['train', '--data', data, '--pack', mine]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/^error: [^\n]*mine\.txt[^\n]*another kind of file[^\n]*\n$/),
    });
    expect(readFileSync(mine, 'utf8')).toBe('mine');
  });
});
