import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Example } from './examples.ts';
import { runProgram } from './program.ts';

/** Where the examples' imports resolve as in a project that has installed every package. */
export const codeFolder = join(import.meta.dirname, '..', '.cache');

/** Writes an example where it can run and be checked, and returns its path. */
export function writeCode(document: string, { code, language, line }: Example): string {
  mkdirSync(codeFolder, { recursive: true });
  const path = join(codeFolder, `${document.replaceAll('/', '-')}-${line}.${language}`);
  // An example without imports would be a script, in whose scope all others' names are.
  writeFileSync(path, `${code}\nexport {};\n`);
  return path;
}

/** Runs an example in a Node of its own, on the built packages. Throws when it fails or prints something else. */
export async function runCode(path: string, { marks, output }: Example): Promise<void> {
  const short = marks.includes('short') ? ['--import', hooks()] : [];
  const { code, stdout, stderr } = await runProgram(process.execPath, [...short, path], codeFolder);
  if (code !== 0) throw new Error(`exit code ${code}\n${stderr}`);
  if (output !== undefined && stdout.trim() !== output.trim()) {
    throw new Error(`expected to print\n${output.trim()}\nprinted\n${stdout.trim()}`);
  }
}

function hooks(): string {
  return pathToFileURL(join(import.meta.dirname, 'shortData.js')).href;
}
