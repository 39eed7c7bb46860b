import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';

/** The folder and the name of the package that a module is of, if it's installed. */
const PACKAGE = /^(.*\/node_modules\/((?:@[^/]+\/)?[^/]+))\//;

/**
 * Gathers the licences of all packages in the bundle and its workers' bundles into one file, `licenses.txt`: their code comes
 * without its comments. To be used in both places.
 */
export function licenses(): { ofPage: Plugin; ofWorkers: Plugin } {
  const folders = new Map<string, string>();
  const gather = (bundle: object) => {
    for (const chunk of Object.values(bundle) as { modules?: object }[]) {
      for (const id of Object.keys(chunk.modules ?? {})) {
        const [, folder, name] = PACKAGE.exec(id.replaceAll('\\', '/').replace('\0', '')) ?? [];
        if (folder !== undefined) folders.set(name!, folder);
      }
    }
  };
  return {
    ofWorkers: { name: 'licenses-of-workers', generateBundle: (_, bundle) => gather(bundle) },
    ofPage: {
      name: 'licenses',
      generateBundle(_, bundle) {
        gather(bundle); // the workers' are there by now
        const texts = [...folders].sort().map(([name, folder]) => licenseOf(name, folder));
        this.emitFile({ type: 'asset', fileName: 'licenses.txt', source: texts.join('\n') });
      },
    },
  };
}

function licenseOf(name: string, folder: string): string {
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : `\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
  return `${name} ${version} (${license})\n${text}`;
}
