import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from '../run/child.js';

// `node tooling/emoji FOLDER` with any Node: one that reads no TypeScript hands over to the repository's own.
if (process.features.typescript) {
  await import('./src/main.ts');
} else {
  const installed = dirname(fileURLToPath(import.meta.resolve('node/package.json')));
  const node = join(installed, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const { code } = await runChild(node, [
    import.meta.dirname ?? dirname(fileURLToPath(import.meta.url)),
    ...process.argv.slice(2),
  ]);
  process.exitCode = code;
}
