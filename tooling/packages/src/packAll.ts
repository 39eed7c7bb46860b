import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { run } from './shell.ts';
import { type PackedPackage, published, root, withDependencies } from './workspace.ts';

// `pnpm pack:all DIR [PACKAGE...]`: the tarballs that a registry would have.
const HELP = `Usage: npx pnpm@12 pack:all DIR [PACKAGE...]

Builds the packages and writes them to DIR as npm would get them from a registry: all that are published, or some with
those they need. Tarballs of an earlier time go.
`;

/**
 * Builds packages and packs them as they would be published.
 *
 * @param names Without a scope or with it; each comes with those it needs. Default: all that are published.
 */
export async function packInto(folder: string, names: string[] = []): Promise<PackedPackage[]> {
  const packages = published();
  const wanted = names.map((name) => {
    const found = packages.find((each) => [each.name, each.name.replace('@residual/', '')].includes(name));
    if (found) return found;
    throw new Error(
      `expected a package that is published, received ${name}. There are ${packages.map((each) => each.name.replace('@residual/', '')).join(', ')}.`,
    );
  });
  const chosen = names.length === 0 ? packages : withDependencies(wanted, packages);
  mkdirSync(folder, { recursive: true });
  for (const file of readdirSync(folder)) if (/^residual-.*\.tgz$/.test(file)) rmSync(join(folder, file));
  const task = join(root, 'tooling', 'run', 'task.js');
  await run('node', [task, 'build', ...chosen.map(({ name }) => name)], root);
  const packed: PackedPackage[] = [];
  for (const { name, version, folder: source } of chosen) {
    await run('pnpm', ['pack', '--pack-destination', folder], source);
    const tarball = join(folder, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`);
    packed.push({ name, tarball });
  }
  return packed;
}

async function main(words: string[]): Promise<number> {
  const [directory, ...names] = words[0] === '--' ? words.slice(1) : words;
  if (directory === undefined || directory.startsWith('-')) {
    const isAsked = directory === '--help';
    (isAsked ? process.stdout : process.stderr).write(HELP);
    return isAsked ? 0 : 2;
  }
  const folder = resolve(process.env.INIT_CWD ?? process.cwd(), directory);
  process.stderr.write('Building and packing, which takes a minute...\n');
  const packed = await packInto(folder, names);
  for (const { name, tarball } of packed) console.log(`${name.padEnd(30)} ${basename(tarball)}`);
  console.log(`\n${packed.length} packages in ${folder}. In the folder of your project:\n`);
  console.log(`  npm install ${join(folder, '*.tgz')}`);
  return 0;
}

if (import.meta.main) {
  process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
    process.stderr.write(`error: ${error.message}\n`);
    return 1;
  });
}
