import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runChild } from './child.js';
import { runTask } from './task.js';

// `pnpm demo`: builds the page (0.2 s when nothing changed) and serves it on localhost.
const HELP = `Usage: pnpm demo [--port N]

Builds the demo page, serves it on localhost with the headers that threads need, and prints its address.
To host it elsewhere, copy apps/browser-webgpu/dist to a static host.

  --port N   Serves it at this port, or at the next one that is free. Default: 4173.
  --help     Prints this.
`;

process.exitCode = await main(process.argv.slice(2));

async function main(words) {
  let values;
  try {
    // `pnpm demo -- --port 80` is npm's habit; pnpm passes the dashes on.
    const args = words[0] === '--' ? words.slice(1) : words;
    ({ values } = parseArgs({ args, options: { port: { type: 'string' }, help: { type: 'boolean' } } }));
    requirePort(values.port);
  } catch (error) {
    process.stderr.write(`${error.message}\n\n${HELP}`);
    return 2;
  }
  if (values.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const built = await runTask('bundle', '@residual/browser-webgpu...');
  if (built !== 0) return built;
  const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
  const program = join(root, 'apps', 'browser-webgpu', 'serve.ts');
  const args = values.port === undefined ? [] : ['--port', values.port];
  const { code } = await runChild(process.execPath, [program, ...args]);
  return code;
}

function requirePort(text) {
  if (text === undefined || (/^\d{1,5}$/.test(text) && Number(text) < 65536)) return;
  throw new Error(`--port: expected a number from 0 to 65535, received ${text}.`);
}
