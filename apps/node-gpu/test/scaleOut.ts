import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { residual } from './residual.js';
import {
  checkpointsIn,
  folder,
  interruptAfter,
  resultOf,
  resume,
  TINY,
  trainWhole,
  whole,
} from './tinyRun.js';

const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));
const refused = (words: string[]) => residual(['scale-out', ...words]);

describe('residual scale-out', () => {
  it('writes a stopped run into a folder that is one, which goes on to the same bits', async () => {
    await trainWhole();
    const [stopped, to] = [join(folder.path, 'to-scale'), join(folder.path, 'scaled')];
    await interruptAfter([...TINY, '--out', stopped], { type: 'step', count: 1 }, ({ child }) =>
      child.kill('SIGTERM'),
    );
    const before = checkpointsIn(stopped);
    const { code, stdout } = await residual(['scale-out', stopped, '--to', to]);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`residual train --resume ${to}\n`),
    });
    expect(checkpointsIn(stopped)).toEqual(before);
    for (const name of ['train.py', 'requirements.txt', 'slurm.sbatch', 'trainjob.yaml', 'README.md']) {
      expect(existsSync(join(to, name)), name).toBe(true);
    }
    const { environment: _, ...run } = json(join(stopped, 'config.json'));
    expect(json(join(to, 'config.json'))).toMatchObject(run);
    expect(json(join(to, 'handover.json')).next).toMatchObject({ loss: expect.any(Number), backend: 'simd' });
    expect(await resume(to)).toMatchObject({ code: 0 });
    expect(resultOf(to)).toEqual(resultOf(whole));
  });

  it('takes a run that is no more than its configuration, and leaves its pictures where they are', async () => {
    const [run, to] = [join(folder.path, 'planned'), join(folder.path, 'planned-scaled')];
    mkdirSync(run);
    const { stdout } = await residual(['train', ...TINY, '--print-config']);
    writeFileSync(join(run, 'config.json'), stdout);
    const outcome = await residual(['scale-out', run, '--to', to, '--data-at', '/data/tiny', '--json']);
    expect(JSON.parse(outcome.stdout)).toMatchObject({
      to,
      position: { step: 0 },
      data: { at: '/data/tiny' },
    });
    expect(checkpointsIn(to)).toEqual(['checkpoint-000000000.safetensors']);
    expect(existsSync(join(to, 'data'))).toBe(false);
  });

  it('refuses what is over, what PyTorch would do otherwise, and a folder in use, before it writes', async () => {
    await trainWhole();
    const to = join(folder.path, 'refused');
    expect(await refused([whole, '--to', to])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--epochs'),
    });
    const run = join(folder.path, 'own-way');
    mkdirSync(run);
    const { stdout } = await residual(['train', ...TINY, '--optimizer', 'lion', '--print-config']);
    writeFileSync(join(run, 'config.json'), stdout);
    expect(await refused([run, '--to', to])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('training.optimizer: expected sgd, adam, adamw, lamb or lars'),
    });
    expect(existsSync(to)).toBe(false);
    expect(await refused([run, '--to', whole])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('expected'),
    });
  });

  it('trains on shards as on the folder that they were made of, to the same bits, and leaves them where they are', async () => {
    const sample = join(import.meta.dirname, '..', '..', '..', 'tooling', 'emoji', 'sample');
    const shards = join(folder.path, 'shards');
    const device = ['--backend', 'simd', '--threads', '1'];
    const wrote = await residual(['data', sample, '--size', '32', '--shards', shards, ...device]);
    expect(wrote).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^wrote 200 pictures into 3 shards, \d MB in all, in .*\nTrain on them: /,
      ),
    });
    const words = ['--size', '32', '--epochs', '1', '--limit', '64', ...device];
    const [ofFolder, ofShards, to] = ['of-folder', 'of-shards', 'of-shards-scaled'].map((name) =>
      join(folder.path, name),
    ) as [string, string, string];
    expect(await residual(['train', '--data', sample, ...words, '--out', ofFolder])).toMatchObject({
      code: 0,
    });
    expect(await residual(['train', '--data', shards, ...words, '--out', ofShards])).toMatchObject({
      code: 0,
    });
    expect(resultOf(ofShards)).toEqual(resultOf(ofFolder));
    expect(await residual(['scale-out', ofShards, '--to', to, '--epochs', '2'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`shards in ${shards}`),
    });
    expect(json(join(to, 'handover.json')).data.shards.at).toBe(shards);
    expect(existsSync(join(to, 'data', 'train-pictures.npy'))).toBe(false);
    expect(await residual(['data', sample, '--shards', shards, ...device])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(`--shards ${shards}: expected an empty folder, or none yet`),
    });
  });

  it('hands a complete run over that is given more epochs', async () => {
    await trainWhole();
    const to = join(folder.path, 'longer');
    expect(await residual(['scale-out', whole, '--to', to, '--epochs', '3'])).toMatchObject({ code: 0 });
    expect(json(join(to, 'config.json')).training.epochs).toBe(3);
    expect(json(join(to, 'handover.json')).position).toEqual({ step: 12, epoch: 3, batch: 0 });
  });
});
