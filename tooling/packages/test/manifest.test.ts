import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { assertManifest } from '../src/manifest.ts';

const sound = {
  name: '@residual/planted',
  version: '1.0.0',
  license: 'MIT',
  type: 'module',
  engines: { node: '>=20.19' },
  sideEffects: false,
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  dependencies: { '@residual/ops': '1.0.0' },
  peerDependencies: { '@tensorflow/tfjs-core': '^4.22.0' },
};
let folder: string;

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** What is wrong once `changes` are made to a sound package.json. */
async function problems(changes: Partial<Record<keyof typeof sound, unknown>> = {}): Promise<string[]> {
  plant('package.json', JSON.stringify({ ...sound, ...changes }));
  try {
    await assertManifest(folder);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'residual-manifest-'));
  plant('LICENSE', 'MIT');
  plant('README.md', '# planted');
  plant('dist/index.d.ts', 'export {};');
  plant(
    'dist/index.js',
    "import * as tf from '@tensorflow/tfjs-core';\nimport '#own';\nimport 'node:fs';\nimport './other.js';\nexport * from '@residual/ops/deep';\n",
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a sound package passes', async () => {
  expect(await problems()).toEqual([]);
});

test('an import that is not declared fails, also a dynamic one', async () => {
  plant('dist/chunk.js', "await import('sharp');\n");
  expect(await problems({ dependencies: {} })).toEqual([
    'dependencies: sharp is imported, not declared',
    'dependencies: @residual/ops is imported, not declared',
  ]);
});

test('an address that is made up when the package runs is no package', async () => {
  plant('dist/chunk.js', `export const load = (file, mark) => import(\`\${file}\${mark}\`);\n`);
  expect(await problems()).toEqual([]);
});

test('tfjs-core belongs to the user', async () => {
  expect(
    await problems({
      dependencies: { ...sound.dependencies, '@tensorflow/tfjs-core': '4.22.0' },
      peerDependencies: {},
    }),
  ).toEqual(['@tensorflow/tfjs-core: expected a peer dependency, so that there is one copy']);
});

test('what is missing or left over is named', async () => {
  rmSync(join(folder, 'dist', 'index.d.ts'));
  rmSync(join(folder, 'README.md'));
  plant('src/index.test.ts', '');
  expect(
    await problems({
      license: undefined,
      type: undefined,
      engines: undefined,
      sideEffects: undefined,
      dependencies: { '@residual/ops': 'workspace:*' },
    }),
  ).toEqual([
    'license: expected MIT and a LICENSE',
    'expected a README.md',
    'type: expected "module"',
    'engines.node: expected ">=20.19"',
    'sideEffects: expected to be given',
    'exports: ./dist/index.d.ts is not in the package',
    'a test is published: src/index.test.ts',
    'dependencies: @residual/ops is "workspace:*", which only the workspace understands',
  ]);
});
