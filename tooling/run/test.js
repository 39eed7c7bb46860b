import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runChild } from './child.js';
import { findPart, findParts, PartError } from './parts.ts';
import { runTask } from './task.js';

// `pnpm test [PART...] [vitest's options]`, and `pnpm test:slow` for the files that are named slow. What the parts'
// tests need is generated or built first, and nothing else.
const HELP = `Usage: pnpm test [PART...] [vitest's options]
       pnpm test:slow [PART...] [vitest's options]

Runs the tests of some parts, or of all: the quick ones, or those of the files named *.slow.test.ts.

  PART   a package, an app or a folder of tooling, by its name (blocks, @residual/blocks, node-gpu), or a path.

  pnpm test blocks models          two parts
  pnpm test blocks -t "memory"     vitest's options come last
  pnpm test packages/ops/test/gradients.test.ts
`;

const root = fileURLToPath(new URL('../..', import.meta.url));
const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')));

process.exitCode = await main(process.argv.slice(2));

async function main([speed, ...rest]) {
  const isSlow = speed === 'slow';
  // `pnpm test -- blocks` is npm's habit; pnpm passes the dashes on.
  const words = rest[0] === '--' ? rest.slice(1) : rest;
  if (words.includes('--help')) {
    process.stdout.write(HELP);
    return 0;
  }
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const options = firstOption === -1 ? [] : words.slice(firstOption);
  let wanted;
  try {
    const place = { root, cwd: process.env.INIT_CWD ?? process.cwd(), parts: findParts(root) };
    wanted = words.slice(0, words.length - options.length).map((word) => findPart(word, place));
  } catch (error) {
    if (!(error instanceof PartError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return 2;
  }
  const paths = wanted.map(({ path }) => path);
  if (paths.length > 0 && !paths.some((path) => hasTests(path, isSlow))) {
    process.stdout.write(`${paths.join(', ')}: no ${isSlow ? 'slow' : 'quick'} tests.\n`);
    return 0;
  }

  const names = wanted.length === 0 ? ['@residual/*'] : wanted.flatMap((part) => part.names);
  const ready = await runTask('ready', ...new Set(names));
  if (ready !== 0) return ready;
  const projects = isSlow ? 'slow *' : '!slow *';
  const { code } = await runChild(
    process.execPath,
    [vitest, 'run', ...paths, `--project=${projects}`, ...options],
    { cwd: root },
  );
  return code;
}

/** Whether a file, or one somewhere in a folder, is a test of that speed. */
function hasTests(path, isSlow) {
  const files = /^$|\/$/.test(path)
    ? globSync(`${path}**/*.test.ts`, { cwd: root, exclude: ['**/node_modules/**'] })
    : [path];
  return files.some((file) => file.endsWith('.test.ts') && file.endsWith('.slow.test.ts') === isSlow);
}
