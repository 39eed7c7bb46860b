import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const soakOf = (...words: string[]) =>
  spawnSync(process.execPath, [fileURLToPath(new URL('soak.js', import.meta.url)), ...words], {
    encoding: 'utf8',
  });
// turbo, which brings generated files up to date first, looks for the package manager that runs the script.
const isRunByPnpm = process.env.npm_config_user_agent?.startsWith('pnpm/') ?? false;

it.skipIf(!isRunByPnpm)('pnpm soak finds its tests (skipped: not run by pnpm)', () => {
  const { status, stdout } = soakOf('-t', 'no test');
  expect(stdout).toMatch(/Test Files .*2 skipped/);
  expect(status).toBe(0);
});

it('pnpm soak says what it does, and what it expected', () => {
  expect(soakOf('--help')).toMatchObject({ status: 0, stdout: expect.stringMatching(/^Usage: pnpm soak/) });
  expect(soakOf('--kills')).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/^--kills: expected a number above 0, received none\.\n\nUsage/),
  });
});
