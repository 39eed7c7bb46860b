import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { init, parse } from 'es-module-lexer';
import { readManifest } from './workspace.ts';

const TFJS_CORE = '@tensorflow/tfjs-core';

/** Throws with all that is wrong with an installed package's files and package.json, as its users would meet it. */
export async function assertManifest(folder: string): Promise<void> {
  await init();
  const manifest = readManifest(folder);
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  const problems: string[] = [];
  const expect = (holds: boolean, problem: string) => {
    if (!holds) problems.push(problem);
  };

  expect(
    manifest.license === 'MIT' && existsSync(join(folder, 'LICENSE')),
    'license: expected MIT and a LICENSE',
  );
  expect(existsSync(join(folder, 'README.md')), 'expected a README.md');
  expect(manifest.type === 'module', 'type: expected "module"');
  expect(manifest.engines?.node === '>=20.19', 'engines.node: expected ">=20.19"');
  expect(
    manifest.sideEffects !== undefined || manifest.bin !== undefined,
    'sideEffects: expected to be given',
  );
  for (const target of targets(manifest.exports)) {
    expect(
      target.includes('*') || existsSync(join(folder, target)),
      `exports: ${target} is not in the package`,
    );
  }
  for (const path of files.filter((path) => /\.test\.[jt]s$/.test(path)))
    problems.push(`a test is published: ${path}`);

  const { peerDependencies = {} } = manifest;
  const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies };
  for (const [name, range] of Object.entries({ ...dependencies, ...peerDependencies })) {
    expect(!range.includes(':'), `dependencies: ${name} is "${range}", which only the workspace understands`);
  }
  const imported = importedPackages(folder, files);
  for (const name of imported) {
    expect(
      name in dependencies || name in peerDependencies,
      `dependencies: ${name} is imported, not declared`,
    );
  }
  if (imported.has(TFJS_CORE) && manifest.bin === undefined) {
    expect(
      TFJS_CORE in peerDependencies,
      `${TFJS_CORE}: expected a peer dependency, so that there is one copy`,
    );
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function targets(exports: Record<string, Record<string, string> | string>): string[] {
  return Object.values(exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
}

/** The packages that the built JavaScript imports. Names that start with '#' are the package's own. */
function importedPackages(folder: string, files: string[]): Set<string> {
  const names = new Set<string>();
  for (const path of files.filter((file) => /^(dist|generated|bin)\/.*\.js$/.test(file))) {
    const [imports] = parse(readFileSync(join(folder, path), 'utf8'), path);
    for (const { type, specifier } of imports) {
      if (
        type === 'import-meta' ||
        specifier === undefined ||
        /^[.#/*]/.test(specifier) || // the lexer's '*': made up when it runs, such as the address of a user's file
        isBuiltin(specifier)
      )
        continue;
      const parts = specifier.split('/');
      names.add(parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/'));
    }
  }
  return names;
}
