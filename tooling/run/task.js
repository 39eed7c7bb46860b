import { realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const turbo = fileURLToPath(import.meta.resolve('turbo/bin/turbo'));
const SLOW_MS = 1500;

/**
 * Runs one turbo task over the packages that any of `filters` selects and resolves with turbo's exit code. Silent when it
 * succeeds, save for a line on stderr when it takes long; a failure prints turbo's output on stderr.
 */
export async function runTask(task, ...filters) {
  const note = setTimeout(
    () => process.stderr.write('Building the packages (only after a change)...\n'),
    SLOW_MS,
  );
  const { code, output } = await runChild(
    process.execPath,
    [
      turbo,
      'run',
      task,
      ...filters.map((filter) => `--filter=${filter}`),
      '--output-logs=errors-only',
      '--ui=stream',
    ],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Neither the notice of a first run nor a request to anyone: a command works offline and says only its own.
      env: { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' },
    },
  );
  clearTimeout(note);
  if (code !== 0) process.stderr.write(output);
  return code;
}

// import.meta.main is newer than the oldest Node.
if (realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [task, ...filters] = process.argv.slice(2);
  process.exitCode = await runTask(task, ...(filters.length > 0 ? filters : ['@residual/*']));
}
