import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

// turbo, which brings generated files up to date first, looks for the package manager that runs the script.
const isRunByPnpm = process.env.npm_config_user_agent?.startsWith('pnpm/') ?? false;

it.skipIf(!isRunByPnpm)('pnpm soak finds its tests (skipped: not run by pnpm)', () => {
  const soak = fileURLToPath(new URL('soak.js', import.meta.url));
  const { status, stdout } = spawnSync(process.execPath, [soak, '-t', 'no test'], { encoding: 'utf8' });
  expect(stdout).toMatch(/Test Files .*2 skipped/);
  expect(status).toBe(0);
});
