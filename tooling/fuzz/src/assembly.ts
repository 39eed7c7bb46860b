import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { main } from 'assemblyscript/asc';
import { type Branch, instrument } from './instrument.ts';

const FOLDER = 'packages/pictures/assembly';
const COUNTER = '$counter';

/**
 * The module of compiled kernels for pictures, whose branches count in the kernels' own memory: at `branchesAt()`, from the first of `counted`
 * on.
 */
export async function compileAssembly(
  root: string,
  names: readonly string[],
  first: number,
): Promise<{ contents: string; counted: readonly Branch[] }> {
  const counted: Branch[] = [];
  const sources = new Map<string, string>();
  for (const name of names) {
    const file = `${FOLDER}/${name}.ts`;
    const { code, branches } = instrument(readFileSync(join(root, file), 'utf8'), {
      file,
      first: counted.length,
      counting: (branch) => `${COUNTER}(${branch})`,
    });
    counted.push(...branches);
    // On the first line, so that all lines stay where they are.
    sources.set(`${name}.ts`, `import { ${COUNTER} } from './counter'; ${code}`);
  }
  sources.set(
    'counter.ts',
    `const at = memory.data(${4 * counted.length}, 16);
     export function ${COUNTER}(i: i32): void { store<u32>(at + 4 * i, load<u32>(at + 4 * i) + 1); }
     export function branchesAt(): usize { return at; }`,
  );
  sources.set('index.ts', `${sources.get('index.ts')}\nexport { branchesAt } from './counter';\n`);
  let binary: Uint8Array | undefined;
  const { error, stderr } = await main(
    [
      'index.ts',
      ...['--outFile', 'kernels.wasm', '--baseDir', join(root, FOLDER)],
      ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--enable', 'simd'],
    ],
    {
      readFile: (file) => sources.get(basename(file)) ?? readSource(join(root, FOLDER, file)),
      writeFile: (_, contents) => {
        binary = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || binary === undefined) throw new Error(`${error?.message}\n${stderr}`);
  const text = Buffer.from(binary).toString('base64');
  const place = JSON.stringify({ first, count: counted.length });
  return { contents: `globalThis.$assembly = ${place}; export const bytes: string = '${text}';`, counted };
}

function readSource(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
