import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Lacking, pythonWithTorch } from './prepare.ts';

// `pnpm run test:torchrun`: gets PyTorch, then runs the tests that compare with it, none of which may be skipped. Where the machine lacks
// what that needs, the tests are skipped, with the reason.
const root = join(import.meta.dirname, '..', '..', '..');
const MINUTES = 20;
const say = (line: string) => console.log(`torchrun: ${line}`);

try {
  process.exitCode = await test(await pythonWithTorch(say));
} catch (error) {
  if (!(error instanceof Lacking)) throw error;
  say(`skipped, for want of ${error.message}`);
}

function test(python: string): Promise<number> {
  const required = [process.env.REQUIRE_BACKENDS, 'pytorch'].filter(Boolean).join(',');
  const words = ['exec', 'vitest', 'run', 'packages/torchrun/test/pytorch.slow', ...process.argv.slice(2)];
  const child = spawn('pnpm', words, {
    cwd: root,
    stdio: 'inherit',
    timeout: MINUTES * 60_000,
    env: { ...process.env, REQUIRE_BACKENDS: required, TORCH_PYTHON: python },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}
