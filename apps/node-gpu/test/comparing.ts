import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fashionMnist } from '@residual/fashion-mnist';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeZip } from '../../../packages/data/test/makeZip.js';
import { npyOf } from '../../../packages/data/test/npyOf.js';
import { residual, start } from './residual.js';
import { eventsOf, folder, resultOf } from './tinyRun.js';

const place = join(folder.path, 'comparing');
const [fast, slow] = [join(place, 'fast.json'), join(place, 'slow.json')];
const data = join(place, 'some.npz');
/** Each comparison judges all pictures of a part, of which there are fewer here. */
const TESTED = 1000;
const SHARED = ['--data', data, '--limit', '96', '--epochs', '2', '--backend', 'simd', '--threads', '1'];
const optimizer = { name: 'sgd', learningRate: 0.001, momentum: 0.9, nesterov: true, weightDecay: 5e-4 };
const modelOf = (run: string) => readFileSync(join(run, 'model.safetensors'));

describe('residual compare, of what is not trained yet', () => {
  beforeAll(async () => {
    mkdirSync(place);
    const { train, test } = await fashionMnist();
    const parts = [
      { name: 'train', count: 1200, of: train },
      { name: 'test', count: TESTED, of: test },
    ];
    const arrays = parts.flatMap(({ name, count, of: { images, labels } }) => [
      { name: `${name}_images.npy`, data: npyOf([count, 28, 28], images.subarray(0, count * 784)) },
      { name: `${name}_labels.npy`, data: npyOf([count], Uint8Array.from(labels.subarray(0, count))) },
    ]);
    writeFileSync(data, makeZip(arrays));
    writeFileSync(fast, JSON.stringify({ training: { recipe: 'quick', batchSize: 16 } }));
    writeFileSync(slow, JSON.stringify({ training: { recipe: 'quick', batchSize: 16, optimizer } }));
  });

  it('trains each as train does, to the bit, by the same seeds, and tells the difference', async () => {
    const out = join(place, 'both');
    const { code, stdout } = await residual([
      'compare',
      ...[fast, slow, ...SHARED, '--seeds', '2', '--part', 'test', '--json', '--out', out],
    ]);
    expect(code).toBe(0);
    const alone = join(place, 'alone');
    expect(await residual(['train', '--config', fast, ...SHARED, '--out', alone])).toMatchObject({ code: 0 });
    expect(resultOf(join(out, 'fast-seed-0'))).toEqual(resultOf(alone));
    const events = eventsOf(stdout) as { type: string; run?: string }[];
    expect(new Set(events.slice(0, -1).map(({ run }) => run))).toEqual(
      new Set(['fast-seed-0', 'fast-seed-1', 'slow-seed-0', 'slow-seed-1']),
    );
    const { type, ...result } = events.at(-1) as { type: string; [field: string]: unknown };
    expect(type).toBe('comparison');
    expect(result).toEqual(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')));
    expect(result).toMatchObject({
      part: 'test',
      runs: [0, 1, 0, 1].map((seed, i) => ({ name: i < 2 ? 'fast' : 'slow', seed, count: TESTED })),
      pairs: [0, 1].map((seed) => ({ first: 'fast', second: 'slow', seed, count: TESTED })),
      means: [{ first: 'fast', second: 'slow', seeds: 2 }],
      apart: [],
    });
    const judged = readFileSync(join(out, 'slow-seed-1', 'judgements.jsonl'), 'utf8')
      .trim()
      .split('\n');
    expect(judged.map((line) => JSON.parse(line).by)).toEqual(['train', 'compare']);
  });

  it('is interrupted and goes on, to the same bits', async () => {
    const out = join(place, 'stopped');
    const words = ['compare', fast, slow, ...SHARED, '--checkpoint-every', '0.001', '--json', '--out', out];
    const running = start(words);
    running.child.stdout!.on('data', (text: string) => {
      if (text.includes('"run":"slow"') && text.includes('"type":"step"')) running.child.kill('SIGINT');
    });
    expect(await running.outcome).toMatchObject({
      code: 130,
      stderr: expect.stringContaining(`Stopped. Go on with: residual compare --resume ${out}\n`),
    });
    const again = await residual(['compare', '--resume', out, '--backend', 'simd', '--threads', '1']);
    expect(again).toMatchObject({ code: 0, stderr: '' });
    expect(again.stdout).not.toContain('run 1 of 2');
    expect(again.stdout).toMatch(/^run 2 of 2: slow$/m);
    expect(modelOf(join(out, 'fast'))).toEqual(modelOf(join(place, 'both', 'fast-seed-0')));
    expect(modelOf(join(out, 'slow'))).toEqual(modelOf(join(place, 'both', 'slow-seed-0')));
  });

  it('trains for minutes: as many epochs for each as all have time for, or says how few images would do', async () => {
    const none = await residual(['compare', fast, slow, '--minutes', '0.01', '--out', join(place, 'none')]);
    expect(none).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/--minutes: expected [\d.]+ or more, which one epoch of each of 2 runs/),
    });
    const words = ['compare', fast, slow, '--limit', '96', '--backend', 'simd', '--threads', '1'];
    const train = (minutes: string) =>
      residual([...words, '--minutes', minutes, '--out', join(place, `timed ${minutes}`)]);
    let minutes = '0.1';
    let outcome = await train(minutes);
    // A machine that does something else too says how long it needs; by then it may need longer.
    while (outcome.code === 2) {
      minutes = String(2 * Number(/--minutes: expected ([\d.]+) or more/.exec(outcome.stderr)![1]));
      outcome = await train(minutes);
    }
    expect(outcome.code).toBe(0);
    const said = new RegExp(`^(\\d+) epochs for each of 2 runs fit into ${minutes} minutes: about `, 'm');
    const [, epochs] = said.exec(outcome.stdout)!;
    for (const name of ['fast', 'slow'])
      expect(resultOf(join(place, `timed ${minutes}`, name)).history.match(/"epoch"/g)).toHaveLength(
        Number(epochs),
      );
  });

  it.each([
    [['compare'], 2, /two or more runs or recipes, or a comparison by its name, received nothing/],
    [['compare', 'quick'], 2, /received quick\. There are the comparisons depth, /],
    [['compare', 'quick', 'shallow'], 2, /a recipe or a comparison, received shallow/],
    [
      ['compare', '--resume', '.'],
      1,
      /comparison\.json: expected the plan of a comparison, as JSON, received none/,
    ],
    [['compare', 'quick', '--resume', '.'], 2, /--resume: expected nothing else to compare/],
  ])('refuses %j', async (words, code, message) => {
    expect(await residual(words, { cwd: place })).toMatchObject({
      code,
      stderr: expect.stringMatching(message),
    });
  });
});
