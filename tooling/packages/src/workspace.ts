import { mkdtempSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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

export interface WorkspacePackage extends Manifest {
  /** Absolute. */
  folder: string;
}

/** Every package and app that is published. */
export function published(): WorkspacePackage[] {
  return ['packages', 'apps']
    .flatMap((group) => readdirSync(join(root, group)).map((entry) => join(root, group, entry)))
    .map((folder) => ({ ...readManifest(folder), folder }))
    .filter((manifest) => !manifest.private);
}

/** Some packages and those of `all` that they need, peers included. */
export function withDependencies(some: WorkspacePackage[], all: WorkspacePackage[]): WorkspacePackage[] {
  const chosen = new Set<WorkspacePackage>();
  const add = (one: WorkspacePackage) => {
    if (chosen.has(one)) return;
    chosen.add(one);
    const needed = { ...one.dependencies, ...one.optionalDependencies, ...one.peerDependencies };
    for (const other of all) if (other.name in needed) add(other);
  };
  some.forEach(add);
  return all.filter((each) => chosen.has(each));
}
