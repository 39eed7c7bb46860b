import { mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './shell.ts';

export const root = join(import.meta.dirname, '..', '..', '..');

export interface Manifest {
  name: string;
  version: string;
  private?: boolean;
  license?: string;
  type?: string;
  sideEffects?: boolean | string[];
  exports: Record<string, Record<string, string> | string>;
  bin?: Record<string, string>;
  engines?: Record<string, string>;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

export interface PackedPackage {
  name: string;
  /** Absolute path of the `.tgz`. */
  tarball: string;
}

/** A new folder outside the workspace: nothing in it resolves to the workspace by accident. */
export function emptyFolder(what: string): string {
  return mkdtempSync(join(realpathSync(tmpdir()), `residual-${what}-`));
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** Packs every package and app that is published, as it would be published. */
export async function packAll(destination: string): Promise<PackedPackage[]> {
  const packed: PackedPackage[] = [];
  for (const group of ['packages', 'apps']) {
    for (const entry of readdirSync(join(root, group))) {
      const folder = join(root, group, entry);
      const { name, version, private: isPrivate } = readManifest(folder);
      if (isPrivate) continue;
      await run('pnpm', ['pack', '--pack-destination', destination], folder);
      packed.push({
        name,
        tarball: join(destination, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`),
      });
    }
  }
  return packed;
}
