import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Lacking, prepare } from './prepare.ts';

// `pnpm run test:tensorflow`: gets TensorFlow, then runs the backend's tests, none of which may be skipped. Where the
// machine lacks what that needs, the tests are skipped, with the reason.
const root = join(import.meta.dirname, '..', '..', '..');
const say = (line: string) => console.log(`tensorflow: ${line}`);

try {
  await prepare(say);
  process.exitCode = await test();
} catch (error) {
  if (!(error instanceof Lacking)) throw error;
  say(`skipped, for want of ${error.message}`);
}

/** One file after the other: each uses all cores. */
function test(): Promise<number> {
  const required = [process.env.REQUIRE_BACKENDS, 'tensorflow'].filter(Boolean).join(',');
  const words = [
    'exec',
    'vitest',
    'run',
    '--no-file-parallelism',
    'packages/backend-tensorflow',
    ...process.argv.slice(2),
  ];
  const child = spawn('pnpm', words, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, REQUIRE_BACKENDS: required },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
