import { readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { build } from 'esbuild';
import { compileAssembly } from './assembly.ts';
import { type Branch, COUNTERS, instrument } from './instrument.ts';
import type { Parser } from './parser.ts';
import { MOST_BRANCHES } from './shared.ts';

const HERE = import.meta.dirname;
const ROOT = join(HERE, '..', '..', '..');

export interface Bundle {
  /** A module for a worker. */
  readonly file: string;
  readonly branches: readonly Branch[];
  readonly words: readonly (string | number)[];
}

/** A worker's program: the loop, a parser's target, and the parser from its sources, which counts its branches. */
export async function bundleParser({ name, target, sources, assembly = [] }: Parser): Promise<Bundle> {
  const branches: Branch[] = [];
  const words = new Set<string | number>();
  const file = join(HERE, '..', 'dist', `${name}.js`);
  await build({
    stdin: {
      contents: `import { target } from './targets/${target}.ts'; import { work } from './worker.ts'; await work(target);`,
      resolveDir: HERE,
    },
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    sourcesContent: false,
    logLevel: 'error',
    conditions: ['@residual/source'],
    external: ['sharp', 'webgpu'],
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); const ${COUNTERS} = globalThis.${COUNTERS} = new Uint32Array(${MOST_BRANCHES});`,
    },
    plugins: [
      {
        name: 'count-branches',
        setup: ({ onLoad }) => {
          onLoad({ filter: /pictures\/generated\/kernels\.ts$/ }, async () => {
            if (assembly.length === 0) return undefined;
            const { contents, counted } = await compileAssembly(ROOT, assembly, branches.length);
            branches.push(...counted);
            return { contents, loader: 'ts' };
          });
          onLoad({ filter: /\.ts$/ }, async ({ path }) => {
            const source = relative(ROOT, path).split(sep).join('/');
            const without = sources[source];
            if (without === undefined) return undefined;
            const text = await readFile(path, 'utf8');
            const counted = instrument(text, { file: source, first: branches.length, without });
            branches.push(...counted.branches);
            for (const word of counted.words) words.add(word);
            return { contents: counted.code, loader: 'ts' };
          });
        },
      },
    ],
  });
  return { file, branches, words: [...words] };
}
