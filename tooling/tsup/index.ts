import { defineConfig, type Options } from 'tsup';

/**
 * The one way every package is built: ESM with types from `src/`, dependencies left external.
 * `entry` defaults to the package's single index; a package with more entry points lists them.
 */
export function library(options: Options = {}): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry: ['src/index.ts'],
    format: ['esm'],
    target: 'es2022',
    platform: 'neutral',
    dts: true,
    sourcemap: true,
    clean: true,
    removeNodeProtocol: false, // Deno and edge runtimes know Node's modules by their `node:` names only
    ...options,
    // `#...` are a package's own conditional imports: its package.json resolves them, not the bundler.
    external: [/^#/, /^node:/, ...(options.external ?? [])],
  });
}
