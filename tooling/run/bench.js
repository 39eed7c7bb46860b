import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';
import { runTask } from './task.js';

// `pnpm bench ...`: what is measured are the built packages, as a user has them.
const bench = join(dirname(fileURLToPath(import.meta.url)), '..', 'bench', 'src', 'main.ts');
const [first, ...rest] = process.argv.slice(2);
// `pnpm bench -- --json` is npm's habit; pnpm passes the dashes on.
const args = first === '--' ? rest : process.argv.slice(2);

let code = await runTask('bundle', '@residual/bench...');
if (code === 0) {
  ({ code } = await runChild(process.execPath, [bench, ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
  }));
}
process.exitCode = code;
