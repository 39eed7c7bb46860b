import type { TextFile } from './files.ts';

const TRACES: [what: string, pattern: RegExp][] = [
  ["a path of someone's machine", /(?<![\w.~$}-])\/(?:work|root|home|Users|mnt)\/[\w.-]+/],
  ["a path of someone's machine", /\b[A-Z]:\\Users\\/],
  ['a package registry', /https?:\/\/[^\s/'"]*(?:registry|artifactory|verdaccio|nexus|pypi)[^\s/'"]*/i],
];
const URL = /https?:\/\/\S+/;

/** Lines that only make sense on the machine they were written on, and lock files that pin a host to install from. */
export function machineTraces(files: TextFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const traces = path.endsWith('-lock.yaml') ? [...TRACES, ['a host', URL] as const] : TRACES;
    return text.split('\n').flatMap((line, index) =>
      traces.flatMap(([what, pattern]) => {
        const found = pattern.exec(line);
        return found ? [`${path}:${index + 1}: names ${what}: ${found[0]}`] : [];
      }),
    );
  });
}
