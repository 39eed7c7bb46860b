import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';
import { runTask } from './task.js';

// `pnpm bench ...`: what is measured are the built packages, as a user has them. With --count-only nothing is timed.
const [first, ...rest] = process.argv.slice(2);
// `pnpm bench -- --json` is npm's habit; pnpm passes the dashes on.
const args = first === '--' ? rest : process.argv.slice(2);
const tool = args.includes('--count-only') ? 'counting' : 'bench';

let code = await runTask('bundle', `@residual/${tool}...`);
if (code === 0) {
  const program = join(dirname(fileURLToPath(import.meta.url)), '..', tool, 'src', 'main.ts');
  ({ code } = await runChild(process.execPath, [program, ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
  }));
}
process.exitCode = code;
