import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@residual/source'] },
  ssr: { resolve: { conditions: ['@residual/source', 'node', 'import', 'module', 'default'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'apps/*/src/**/*.test.ts',
      'apps/*/test/**/*.test.ts',
      'tooling/**/*.test.ts',
    ],
    setupFiles: ['./tooling/testing/src/quietConsole.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: 'forks',
  },
});
