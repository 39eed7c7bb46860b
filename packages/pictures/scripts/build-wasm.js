// Compiles assembly/ and writes it as a module with the bytes in base64: a string survives every bundler.

import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const root = fileURLToPath(new URL('..', import.meta.url));
let binary;
const { error, stderr } = await main(
  [
    'assembly/index.ts',
    ...['--outFile', 'kernels.wasm', '--baseDir', root],
    ...['-O3', '--noAssert', '--runtime', 'stub', '--use', 'abort=', '--enable', 'simd'],
  ],
  {
    writeFile: (_, contents) => {
      binary = contents;
    },
  },
);
if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
const text = Buffer.from(binary).toString('base64');
mkdirSync(new URL('../generated', import.meta.url), { recursive: true });
writeFileSync(
  new URL('../generated/kernels.ts', import.meta.url),
  `// Made by scripts/build-wasm.js from assembly/.\nexport const bytes: string =\n  '${text}';\n`,
);
