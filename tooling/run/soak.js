import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';
import { runTask } from './task.js';

// `pnpm soak`: the tests that have a short and a long form, in the long one. Hours on two cores.
const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));
const files = [
  'packages/backend-simd/test/randomConvolutions.test.ts',
  'packages/backend-simd/test/steadyMemory.test.ts',
];

let code = await runTask('generate', '@residual/*');
if (code === 0) {
  const words = [
    'run',
    ...files,
    '--no-file-parallelism',
    '--disable-console-intercept',
    ...process.argv.slice(2),
  ];
  ({ code } = await runChild(process.execPath, [vitest, ...words], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, RESIDUAL_SOAK: '1' },
  }));
}
process.exitCode = code;
