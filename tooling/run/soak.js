import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';
import { runTask } from './task.js';

// `pnpm soak`: the tests that have a short and a long form, in the long one. Hours on two cores.
//   --kills N   instead: runs killed N times, in epochs, in the writing of checkpoints, and in packing
//   --steps N   instead: one run of N steps of a small network, whose memory, open files and pace are watched
const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
const [first, count, ...rest] = process.argv.slice(2);
const forms = {
  '--kills': {
    words: ['apps/node-gpu/test/command.slow.test.ts', '-t', 'killed', ...rest],
    env: { RESIDUAL_KILLS: count },
  },
  '--steps': { words: ['apps/node-gpu/test/longRun.slow.test.ts', ...rest], env: { RESIDUAL_STEPS: count } },
};
const counted = forms[first];
const { words, env } = counted ?? {
  words: [
    'packages/backend-simd/test/randomConvolutions.test.ts',
    'packages/backend-simd/test/steadyMemory.test.ts',
    ...process.argv.slice(2),
  ],
  env: { RESIDUAL_SOAK: '1' },
};

let code = 0;
if (counted && !(Number(count) > 0)) {
  console.error(`${first}: expected a number above 0, received ${count ?? 'none'}.`);
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
