import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';
import { runTask } from './task.js';

// `pnpm bench ...`: what is measured are the built packages, as a user has them. With --count-only nothing is timed.
const args = process.argv.slice(2);
const [tool, file] = args.includes('--count-only') ? ['counting', 'src/main.ts'] : ['bench', 'main.ts'];

let code = await runTask('bundle', `@residual/${tool}...`);
if (code === 0) {
  const program = join(dirname(fileURLToPath(import.meta.url)), '..', tool, file);
  ({ code } = await runChild(process.execPath, [program, ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
  }));
}
process.exitCode = code;
