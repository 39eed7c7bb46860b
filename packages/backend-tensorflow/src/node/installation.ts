import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Installation } from '../findings.js';
import { setupFolder } from './place.js';

/** The better one first. They differ only in what their installers download. */
export const PACKAGES = ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node'] as const;

/** What {@link setupTensorflow} has built. */
export interface SetupRecord {
  /** Folder of tfjs-node's package. */
  package: string;
  /** Folder of libtensorflow. */
  library: string;
}

/** The addon that setup has built, else the package that the project has. */
export function findInstallation(): Installation | undefined {
  return setUpInstallation() ?? packageInstallation();
}

function setUpInstallation(): Installation | undefined {
  const folder = setupFolder();
  const record = readRecord(folder);
  if (record === undefined || !existsSync(join(record.package, 'package.json'))) return undefined;
  const { library } = record;
  const builtBy = { name: 'setup', library, hasLibrary: existsSync(library) } as const;
  return describe(record.package, join(folder, 'tfjs_binding.node'), builtBy);
}

function packageInstallation(): Installation | undefined {
  const folder = packageFolder();
  if (folder === undefined) return undefined;
  return describe(folder, join(folder, 'lib', 'napi-v8', 'tfjs_binding.node'), { name: 'installer' });
}

/** Beside this package, or in the project that the program was started in. */
export function packageFolder(): string | undefined {
  const starts = [import.meta.url, pathToFileURL(join(process.cwd(), 'package.json'))];
  for (const name of PACKAGES) {
    for (const start of starts) {
      try {
        return dirname(createRequire(start).resolve(`${name}/package.json`));
      } catch {
        // Not installed there.
      }
    }
  }
  return undefined;
}

function describe(folder: string, addon: string, builtBy: Installation['builtBy']): Installation {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const beside = dirname(addon);
  return {
    packageName: manifest.name,
    packageVersion: manifest.version,
    folder,
    addon,
    hasAddon: existsSync(addon),
    addonNeighbours: existsSync(beside) ? readdirSync(beside) : [],
    builtBy,
  };
}

function readRecord(folder: string): SetupRecord | undefined {
  const file = join(folder, 'setup.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}
