import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';
import { runTask } from './task.js';

// `pnpm soak`: the tests that have a short and a long form, in the long one. Hours on two cores.
//   --kills N   instead: runs killed N times, in epochs, in the writing of checkpoints, and in packing
const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
const [first, count, ...rest] = process.argv.slice(2);
const isKills = first === '--kills';
const words = isKills
  ? ['apps/node-gpu/test/command.slow.test.ts', '-t', 'killed', ...rest]
  : [
      'packages/backend-simd/test/randomConvolutions.test.ts',
      'packages/backend-simd/test/steadyMemory.test.ts',
      ...process.argv.slice(2),
    ];
const env = isKills ? { RESIDUAL_KILLS: count } : { RESIDUAL_SOAK: '1' };

let code = 0;
if (isKills && !(Number(count) > 0)) {
  console.error(`--kills: expected a number above 0, received ${count ?? 'none'}.`);
  code = 2;
}
code ||= await runTask('generate', '@residual/*');
if (code === 0) {
  const options = ['--no-file-parallelism', '--disable-console-intercept'];
  ({ code } = await runChild(process.execPath, [vitest, 'run', ...words, ...options], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, ...env },
  }));
}
process.exitCode = code;
