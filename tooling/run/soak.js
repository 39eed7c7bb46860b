import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';
import { runTask } from './task.js';

// `pnpm soak`: the tests that have a short and a long form, in the long one. Hours on two cores.
const vitest = fileURLToPath(import.meta.resolve('vitest/vitest.mjs'));
const files = [
  'packages/backend-simd/test/randomConvolutions.test.ts',
  'packages/backend-simd/test/steadyMemory.test.ts',
];

let code = await runTask('generate', '@residual/*');
if (code === 0) {
  const words = [
    'run',
    '--no-file-parallelism',
    '--disable-console-intercept',
    ...files,
    ...process.argv.slice(2),
  ];
  ({ code } = await runChild(process.execPath, [vitest, ...words], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, RESIDUAL_SOAK: '1' },
  }));
}
process.exitCode = code;
