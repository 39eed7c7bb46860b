import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runChild } from './child.js';

// turbo, which brings generated files up to date first, looks for the package manager that runs the script.
const isRunByPnpm = process.env.npm_config_user_agent?.startsWith('pnpm/') ?? false;

it.skipIf(!isRunByPnpm)('pnpm soak finds its tests (skipped: not run by pnpm)', async () => {
  const soak = fileURLToPath(new URL('soak.js', import.meta.url));
  const { code, output } = await runChild(process.execPath, [soak, '-t', 'no test'], { stdio: 'pipe' });
  expect(output).toMatch(/Test Files .*2 skipped/);
  expect(code).toBe(0);
});
