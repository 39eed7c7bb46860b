import { expect, test } from 'vitest';
import { longFiles } from '../length.ts';
import { backendNames } from '../neutrality.ts';
import { machineTraces } from '../traces.ts';

test('shared code names no backend, comments and backends do', () => {
  const text = "// cpu, webgpu\nexport const usesSimd = name() === 'cpu';\nconst cpus = 'the cpus';\n";
  expect(
    backendNames([
      { path: 'packages/ops/src/a.ts', text },
      { path: 'packages/ops/src/a.test.ts', text },
      { path: 'packages/backend-simd/src/a.ts', text },
    ]),
  ).toEqual([
    'packages/ops/src/a.ts:2: shared code names a backend: usesSimd',
    'packages/ops/src/a.ts:2: shared code names a backend: cpu',
  ]);
});

test("a machine's paths and registries are found, ordinary paths and pages are not", () => {
  const path = ['', 'home', 'somebody', 'residual'].join('/');
  const registry = ['https:/', 'registry.example.org', 'left-pad'].join('/');
  const page = 'https://example.org/home/page';
  expect(
    machineTraces([{ path: 'a.md', text: `see ${path}\n${page} ./home/x src/root/y\n${registry}` }]),
  ).toEqual([
    `a.md:1: names a path of someone's machine: ${path.replace('/residual', '')}`,
    `a.md:3: names a package registry: ${registry.replace('/left-pad', '')}`,
  ]);
  expect(machineTraces([{ path: 'pnpm-lock.yaml', text: `tarball: ${page}` }])).toEqual([
    `pnpm-lock.yaml:1: names a host: ${page}`,
  ]);
});

test('long source files are listed, tests are not', () => {
  const text = 'x\n'.repeat(251);
  expect(
    longFiles([
      { path: 'packages/ops/src/long.ts', text },
      { path: 'packages/ops/src/long.test.ts', text },
      { path: 'packages/ops/src/short.ts', text: text.slice(2) },
    ]),
  ).toEqual(['packages/ops/src/long.ts: 251 lines, at most 250']);
});
