import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { defineConfig, type Plugin, type TestProjectInlineConfiguration } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const tests = ['{packages,apps}/*/{src,test}/**/*.test.ts', 'tooling/**/*.test.ts'];
/** Of the demo page, in a browser. */
const pageTests = 'apps/*/test/**/*.e2e.{,slow.}test.ts';
const webgpuTests = 'packages/backend-webgpu/{src,test}/**/*.test.ts';

/** What takes minutes of a processor. */
const LONG = /(browser\.slow|asFiles\.slow|command(\.slow)?|conformance(\.slow)?|documents)\.test\.ts$/;

/** Begins with what takes long: where it comes last, a worker does nothing meanwhile. Vitest knows only the sizes of the files on a new clone. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [true, false].flatMap((isLong) => sorted.filter(({ moduleId }) => LONG.test(moduleId) === isLong));
  }
}

/** Shaders are modules that export their text, as in the packages' builds (tsup's loader). */
const wgsl: Plugin = {
  name: 'wgsl',
  enforce: 'pre',
  async load(id) {
    if (id.endsWith('.wgsl')) return `export default ${JSON.stringify(await readFile(id, 'utf8'))};`;
  },
};

export default defineConfig({
  plugins: [wgsl],
  resolve: { conditions: ['@residual/source'] },
  ssr: { resolve: { conditions: ['@residual/source', 'node', 'import', 'module', 'default'] } },
  test: {
    setupFiles: ['./tooling/testing/src/quietConsole.ts'],
    globalSetup: ['./tooling/testing/src/ownCache.setup.ts'],
    // For what hangs. A machine that does something else too may take ten times as long as an idle one.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: 'forks',
    sequence: { sequencer: LongestFirst },
    // Most files keep one core busy. Vitest would leave one to itself, which of two is half.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      ...quickAndSlow({ name: 'packages', include: tests, exclude: [webgpuTests, pageTests] }),
      ...quickAndSlow({
        name: 'webgpu',
        include: [webgpuTests],
        globalSetup: ['./tooling/browser/src/softwareVulkan.setup.ts'],
        // On the processor, which others may use as well.
        testTimeout: 300_000,
        hookTimeout: 300_000,
      }),
      ...quickAndSlow({
        name: 'browser',
        include: [pageTests],
        globalSetup: ['./apps/browser-webgpu/test/page.setup.ts'],
        // Each test has a browser that trains on all cores.
        fileParallelism: false,
        testTimeout: 240_000,
        hookTimeout: 240_000,
      }),
    ],
  },
});

/**
 * The files that `pnpm test` runs, and those that take long: `*.slow.test.ts`, which `pnpm test:slow` runs. They come
 * as projects of their own, so that `vitest run FILE` finds either.
 */
function quickAndSlow(
  test: NonNullable<TestProjectInlineConfiguration['test']>,
): TestProjectInlineConfiguration[] {
  const named = (name: string, others: string): TestProjectInlineConfiguration => ({
    extends: true,
    test: { ...test, name, exclude: ['**/node_modules/**', ...(test.exclude ?? []), others] },
  });
  return [named(`${test.name}`, '**/*.slow.test.ts'), named(`slow ${test.name}`, '**/!(*.slow).test.ts')];
}
