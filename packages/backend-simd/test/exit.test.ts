import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

const here = fileURLToPath(new URL('.', import.meta.url));

it('does not keep Node alive: a program that forgets to dispose of the backend ends', {
  timeout: 200_000,
}, async () => {
  const folder = await mkdtemp(join(here, '.bundle-'));
  try {
    const entry = join(folder, 'entry.ts');
    await writeFile(
      entry,
      `import * as tf from '@tensorflow/tfjs-core';
      import { configureSimd } from '../../src/index.js';
      configureSimd({ threads: 3 });
      await tf.setBackend('simd');
      console.log(tf.sum(tf.fill([1000, 1000], 1)).dataSync()[0]);`,
    );
    await build({
      entryPoints: [entry],
      outfile: join(folder, 'program.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'es2022',
      conditions: ['@residual/source'],
      external: ['@tensorflow/*', '#gradients'],
      define: { 'import.meta.url': JSON.stringify(pathToFileURL(join(here, '../src/pool.ts')).href) },
      logLevel: 'error',
    });
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [join(folder, 'program.mjs')], {
      timeout: 100_000,
    });
    expect(stdout).toBe('1000000\n');
    expect(stderr).toBe('');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
