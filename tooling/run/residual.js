import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';
import { runTask } from './task.js';

// `pnpm train ...`: bring the command up to date (0.2 s when nothing changed), then run it where the user stands.
// It runs outside turbo, which would keep the terminal from it.
const app = join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'apps', 'node-gpu');
// `pnpm train -- --epochs 1` is npm's habit; pnpm passes the dashes on.
const args = process.argv.slice(2).filter((word, i) => word !== '--' || i > 1);

let code = await runTask('bundle', '@residual/node-gpu...');
if (code === 0) {
  const residual = join(app, 'bin', 'residual.js');
  ({ code } = await runChild(process.execPath, [residual, ...args], {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    // What it says to type next can be typed here, where no `residual` is installed.
    env: { ...process.env, RESIDUAL_COMMAND: 'npx pnpm@12' },
  }));
}
process.exitCode = code;
