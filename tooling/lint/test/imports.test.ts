import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { importProblems } from '../imports.ts';

let root: string;

function plant(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

/** A package as the workspace has it: linked under its dependents' node_modules, resolved to its source. */
function plantPackage(name: string, dependents: string[], source = 'export const value = 1;\n'): void {
  const exports = { '.': { '@residual/source': './src/index.ts', default: './dist/index.js' } };
  plant(`packages/${name}/package.json`, JSON.stringify({ name: `@residual/${name}`, exports }));
  plant(`packages/${name}/src/index.ts`, source);
  for (const dependent of dependents) {
    const scope = join(root, 'packages', dependent, 'node_modules', '@residual');
    mkdirSync(scope, { recursive: true });
    symlinkSync(join(root, 'packages', name), join(scope, name), 'junction');
  }
}

beforeEach(() => {
  root = mkdtempSync(join(realpathSync(tmpdir()), 'residual-lint-'));
  mkdirSync(join(root, 'apps'));
  mkdirSync(join(root, 'tooling'));
  plant('node_modules/@tensorflow/tfjs-core/package.json', '{"main":"index.js"}');
  plant('node_modules/@tensorflow/tfjs-core/index.js', '');
  plantPackage('random', ['data', 'ops']);
  plantPackage('data', [], "import { value } from '@residual/random';\nexport const twice = 2 * value;\n");
  plantPackage('ops', ['blocks', 'data'], "export * as tf from '@tensorflow/tfjs-core';\n");
  plantPackage('blocks', ['ops'], "export { tf } from '@residual/ops';\n");
});
afterEach(() => rmSync(root, { recursive: true }));

test('allowed arrows pass', async () => {
  expect(await importProblems(root)).toEqual([]);
});

test('an arrow upwards fails, also as a type', async () => {
  plant('packages/ops/src/upwards.ts', "export type { tf } from '@residual/blocks';\n");
  expect(await importProblems(root)).toEqual([
    'ops may import only: random, resample: packages/ops/src/upwards.ts -> packages/blocks/src/index.ts',
  ]);
});

test("reaching into another package's files is the same arrow", async () => {
  plant('packages/data/src/reach.ts', "export { tf } from '../../ops/src/index.js';\n");
  expect(await importProblems(root)).toEqual([
    'data may import only: random, weights: packages/data/src/reach.ts -> packages/ops/src/index.ts',
  ]);
});

test('TensorFlow.js in a package without it fails', async () => {
  plant('packages/data/src/tensors.ts', "export { tensor } from '@tensorflow/tfjs-core';\n");
  expect(await importProblems(root)).toEqual([
    'data may import of TensorFlow.js only: nothing: packages/data/src/tensors.ts -> node_modules/@tensorflow/tfjs-core/index.js',
  ]);
});

test('a cycle fails', async () => {
  plant('packages/data/src/a.ts', "import './b.js';\n");
  plant('packages/data/src/b.ts', "import './a.js';\n");
  expect(await importProblems(root)).toEqual([
    'no cycles: packages/data/src/a.ts -> packages/data/src/b.ts -> packages/data/src/a.ts',
  ]);
});

test("Node's modules belong into files named node", async () => {
  plant('packages/data/src/node.ts', "export { readFile } from 'node:fs';\n");
  plant('packages/data/src/files.ts', "export { readFile } from 'node:fs';\n");
  expect(await importProblems(root)).toEqual([
    "only files named node import Node's modules: packages/data/src/files.ts -> fs",
  ]);
});

test('an import of an app, or of nothing, fails', async () => {
  plant('apps/node-gpu/src/main.ts', 'export {};\n');
  plant('packages/data/src/app.ts', "import '../../../apps/node-gpu/src/main.js';\nimport './gone.js';\n");
  expect(await importProblems(root)).toEqual([
    'every import resolves: packages/data/src/app.ts -> ./gone.js',
    'nothing imports an app: packages/data/src/app.ts -> apps/node-gpu/src/main.ts',
  ]);
});

test("tooling's cycles and imports of nothing fail as well", async () => {
  plant('tooling/run/a.ts', "import './b.js';\nimport './gone.js';\n");
  plant('tooling/run/b.ts', "import './a.js';\n");
  expect(await importProblems(root)).toEqual([
    'every import resolves: tooling/run/a.ts -> ./gone.js',
    'no cycles: tooling/run/a.ts -> tooling/run/b.ts -> tooling/run/a.ts',
  ]);
});

test('a data set is known to the defaults of an app alone', async () => {
  plantPackage('fashion-mnist', []);
  const line = "export { value } from '../../../packages/fashion-mnist/src/index.js';\n";
  plant('apps/node-gpu/src/defaults.ts', line);
  plant('apps/node-gpu/src/train.ts', line);
  expect(await importProblems(root)).toEqual([
    "only recipes and the apps' defaults.ts know a data set: apps/node-gpu/src/train.ts -> packages/fashion-mnist/src/index.ts",
  ]);
});

test('folders in a circle fail although no files are in one', async () => {
  plant('packages/data/src/run/a.ts', "import '../view/a.js';\n");
  plant('packages/data/src/run/b.ts', 'export {};\n');
  plant('packages/data/src/view/a.ts', 'export {};\n');
  plant('packages/data/src/view/deep/b.ts', "import '../../run/b.js';\nimport '../a.js';\n");
  expect(await importProblems(root)).toEqual(['folders in a circle: packages/data/src: run, view']);
});
