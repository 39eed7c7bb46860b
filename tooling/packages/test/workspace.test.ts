import { expect, test } from 'vitest';
import { published, type WorkspacePackage, withDependencies } from '../src/workspace.ts';

const named = (name: string, needs: Partial<WorkspacePackage> = {}): WorkspacePackage => ({
  name,
  version: '1.0.0',
  exports: {},
  folder: `/${name}`,
  ...needs,
});

test('packages come with those they need, in whatever way and however far', () => {
  const all = [
    named('app', { dependencies: { models: '*' } }),
    named('models', { dependencies: { blocks: '*', 'from-elsewhere': '*' } }),
    named('blocks', { peerDependencies: { ops: '*' } }),
    named('ops', { optionalDependencies: { random: '*' } }),
    named('random'),
    named('plot'),
  ];
  const names = (...chosen: string[]) =>
    withDependencies(
      all.filter(({ name }) => chosen.includes(name)),
      all,
    ).map(({ name }) => name);
  expect(names('models')).toEqual(['models', 'blocks', 'ops', 'random']);
  expect(names('plot', 'ops')).toEqual(['ops', 'random', 'plot']);
});

test('nothing that is private is published, and all that is has a version', () => {
  const packages = published();
  expect(packages.map(({ name }) => name)).toContain('@residual/models');
  expect(packages.map(({ name }) => name)).not.toContain('@residual/browser-webgpu');
  for (const { version } of packages) expect(version).toMatch(/^\d+\.\d+\.\d+/);
});
