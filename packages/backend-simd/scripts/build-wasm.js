// Compiles assembly/ to the four builds of the kernels and writes each as a module with the bytes in base64:
// bundlers break `new URL('kernels.wasm', import.meta.url)`, a string survives everywhere.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
const shared = ['--sharedMemory', '--enable', 'threads', '--use', 'SHARED=1'];
const relaxed = ['--enable', 'relaxed-simd', '--use', 'RELAXED=1'];
const builds = {
  relaxedShared: [...relaxed, ...shared],
  relaxedUnshared: relaxed,
  plainShared: shared,
  plainUnshared: [],
};

mkdirSync(new URL('../generated', import.meta.url), { recursive: true });
for (const [name, flags] of Object.entries(builds)) {
  const bytes = await compile(name, flags);
  const text = `// Made by scripts/build-wasm.js from assembly/.\nexport const bytes: string =\n  '${bytes}';\n`;
  writeFileSync(new URL(`../generated/${name}.ts`, import.meta.url), text);
}

/** One build of assembly/index.ts, in base64. */
async function compile(name, flags) {
  let binary;
  const { error, stderr } = await main(
    [
      'assembly/index.ts',
      ...['--outFile', 'kernels.wasm', '--baseDir', root],
      ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort='],
      // Everything below `memoryBase` belongs to src/pool.ts; the heap starts at the second page.
      ...['--importMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
      ...['--memoryBase', '32768', '--enable', 'simd'],
      ...flags,
    ],
    {
      writeFile: (_, contents) => {
        binary = contents;
      },
    },
  );
  if (error) throw new Error(`${name}: ${error.message}\n${stderr.toString()}`);
  return Buffer.from(binary).toString('base64');
}
