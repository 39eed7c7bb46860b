import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';
import { runTask } from './task.js';

// `pnpm soak`: the tests that have a short and a long form, in the long one.
const HELP = `Usage: pnpm soak [vitest's options]
       pnpm soak --kills N [vitest's options]
       pnpm soak --steps N [vitest's options]
       pnpm soak --epochs N [vitest's options]

Runs tests in their long form, which the other commands sample in seconds.

             random convolutions on simd, 10,000 for each algorithm and direction, against sums in float64; the memory of
             long training loops: an hour on two cores
  --kills N  instead: runs killed N times, in epochs, in the writing of checkpoints and in packing, and each time gone on
  --steps N  instead: one run of N steps of a small network, whose memory, open files and pace are watched: hours for 200,000
  --epochs N instead: one run of N epochs of the recipe quick, watched in the same way: half an hour to an hour for 40
  --help     this text

  pnpm soak -t "winograd"    vitest's options come last
`;

const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));

process.exitCode = await main(process.argv.slice(2));

async function main(given) {
  // `pnpm soak -- --kills 5` is npm's habit; pnpm passes the dashes on.
  const words = given[0] === '--' ? given.slice(1) : given;
  if (words.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const [first, count, ...rest] = words;
  const forms = {
    '--kills': {
      files: ['apps/node-gpu/test/command.slow.test.ts', '-t', 'killed', ...rest],
      env: { RESIDUAL_KILLS: count },
    },
    '--steps': {
      files: ['apps/node-gpu/test/longRun.slow.test.ts', ...rest],
      env: { RESIDUAL_STEPS: count },
    },
    '--epochs': {
      files: ['apps/node-gpu/test/longRun.slow.test.ts', ...rest],
      env: { RESIDUAL_EPOCHS: count },
    },
  };
  const counted = forms[first];
  if (counted && !(Number(count) > 0)) {
    process.stderr.write(`${first}: expected a number above 0, received ${count ?? 'none'}.\n\n${HELP}`);
    return 2;
  }
  const { files, env } = counted ?? {
    files: [
      'packages/backend-simd/test/randomConvolutions.test.ts',
      'packages/backend-simd/test/steadyMemory.test.ts',
      ...words,
    ],
    env: { RESIDUAL_SOAK: '1' },
  };
  const ready = await runTask('generate', '@residual/*');
  if (ready !== 0) return ready;
  const options = ['--no-file-parallelism', '--disable-console-intercept'];
  const { code } = await runChild(process.execPath, [vitest, 'run', ...files, ...options], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { ...process.env, ...env },
  });
  return code;
}
