import { readFile } from 'node:fs/promises';
import { defineConfig, type Plugin } from 'vitest/config';

/** Of the demo page, in a browser. */
const pageTests = ['apps/*/test/**/*.e2e.test.ts'];
const webgpuTests = ['packages/backend-webgpu/test/**/*.test.ts', 'packages/backend-webgpu/src/**/*.test.ts'];

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
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'packages',
          include: [
            'packages/*/src/**/*.test.ts',
            'packages/*/test/**/*.test.ts',
            'apps/*/src/**/*.test.ts',
            'apps/*/test/**/*.test.ts',
            'tooling/**/*.test.ts',
          ],
          exclude: [...webgpuTests, ...pageTests, '**/node_modules/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'webgpu',
          include: webgpuTests,
          globalSetup: ['./tooling/browser/src/softwareVulkan.setup.ts'],
          // On the processor, which others may use as well.
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: pageTests,
          globalSetup: ['./apps/browser-webgpu/test/page.setup.ts'],
          // Each test has a browser that trains on all cores.
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
        },
      },
    ],
  },
});
