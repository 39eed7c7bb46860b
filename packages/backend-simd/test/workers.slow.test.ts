import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));
const PROGRAM = `import * as tf from '@tensorflow/tfjs-core';
  import { configureSimd } from '../../src/index.js';
  configureSimd({ threads: 3, ...(process.env.WORKER && { worker: process.env.WORKER }) });
  tf.setBackend('simd').then(async () => {
    console.log(tf.getBackend(), tf.engine().backend.threads, (await tf.sum(tf.ones([1000, 1000])).data())[0]);
  });`;

describe('a program in one file for Node, as esbuild makes it', { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(here, '.bundle-'));
    await writeFile(join(folder, 'entry.ts'), PROGRAM);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  async function run(file: string, worker = '') {
    const options = { timeout: 100_000, env: { ...process.env, WORKER: worker } };
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [file], options);
    return { result: stdout.trim(), said: stderr };
  }

  async function bundle(format: 'cjs' | 'esm', name: string): Promise<string> {
    const outfile = join(folder, name);
    await build({
      entryPoints: [join(folder, 'entry.ts')],
      ...{ outfile, bundle: true, platform: 'node', format, target: 'es2022', logLevel: 'error' },
      conditions: ['@residual/source'],
      external: ['@tensorflow/*', '#gradients'],
    });
    return outfile;
  }

  it.each([
    ['cjs', 'program.cjs'],
    ['esm', 'alone.mjs'],
  ] as const)(
    '%s: goes on with one thread and a word, and with all where it is told of the worker',
    async (format, name) => {
      const program = await bundle(format, name);
      const alone = await run(program);
      expect(alone.result).toBe('simd 1 1000000');
      expect(alone.said).toMatch(/simd: 1 thread instead of 3, as worker\.js doesn't start .*configureSimd/s);
      const told = await run(program, fileURLToPath(new URL('../src/worker.js', import.meta.url)));
      expect(told).toEqual({ result: 'simd 3 1000000', said: '' });
    },
  );

  it('esm: finds the worker beside it', async () => {
    const program = await bundle('esm', 'beside.mjs');
    await copyFile(new URL('../src/worker.js', import.meta.url), join(folder, 'worker.js'));
    expect(await run(program)).toEqual({ result: 'simd 3 1000000', said: '' });
  });
});
