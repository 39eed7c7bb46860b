import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { findPart, findParts } from './parts.ts';

const root = join(import.meta.dirname, '..', '..');
const parts = findParts(root);
const find = (word: string, cwd = root) => findPart(word, { root, cwd, parts });

it("knows a part by its folder's name, by its package's, and by its path", () => {
  const blocks = { path: 'packages/blocks/', names: ['@residual/blocks'] };
  for (const word of [
    'blocks',
    '@residual/blocks',
    'packages/blocks',
    './packages/blocks/',
    join(root, 'packages', 'blocks'),
  ])
    expect(find(word), word).toEqual(blocks);
  expect(find('node-gpu')).toEqual({ path: 'apps/node-gpu/', names: ['@residual/node-gpu'] });
  expect(find('lint')).toEqual({ path: 'tooling/lint/', names: ['@residual/lint'] });
});

it('takes a path from where the user stands, with all parts that it holds', () => {
  const file = { path: 'tooling/run/parts.test.ts', names: ['@residual/run'] };
  expect(find('tooling/run/parts.test.ts')).toEqual(file);
  expect(find('run/parts.test.ts', join(root, 'tooling'))).toEqual(file);
  expect(find('.', join(root, 'packages', 'ops', 'test'))).toEqual({
    path: 'packages/ops/test/',
    names: ['@residual/ops'],
  });
  const apps = parts.filter(({ folder }) => folder.startsWith('apps/')).map(({ name }) => name);
  expect(find('apps')).toEqual({ path: 'apps/', names: apps });
});

it('lists the parts where there is no such one, or the path is of none', () => {
  for (const word of ['block', 'docs/performance.md', '..', 'README.md']) {
    expect(() => find(word), word).toThrow(
      expect.objectContaining({
        name: 'PartError',
        received: word,
        message: expect.stringMatching(
          /received .*The parts are:\n {2}apps .* node-gpu\n {2}packages .* blocks /s,
        ),
      }),
    );
  }
});

it('has no two parts of one name', () => {
  const names = parts.flatMap(({ name, folder }) => [name, basename(folder)]);
  expect(new Set(names).size).toBe(names.length);
});
