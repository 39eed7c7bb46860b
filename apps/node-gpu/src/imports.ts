import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import * as nodeModule from 'node:module';
import { basename, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { CommandError } from './error.js';
import { oneLine, shellQuote, warn } from './output.js';

/** A file that brought pieces of the user's own: a model, a step, a source, a loss, an optimizer. */
export type Import = {
  /** Its whole path. */
  readonly file: string;
  /** Of its bytes, in hexadecimal. */
  readonly sha256: string;
};

/**
 * Imports modules that register pieces, in their order. Wherever a file lies, its `@residual/*` and TensorFlow.js are the
 * command's own, so that what it defines is found; anything else it imports is its own, where it has it.
 *
 * @param files paths or file URLs
 * @throws CommandError `FILE` when there is none, `IMPORT` when it fails.
 */
export async function importFiles(files: readonly string[]): Promise<Import[]> {
  const imports: Import[] = [];
  for (const given of files) {
    const file = given.startsWith('file:') ? fileURLToPath(given) : resolve(given);
    const bytes = await readFile(file);
    registerHooks();
    try {
      await import(`${pathToFileURL(file)}${MARK}`);
    } catch (cause) {
      throw failed(file, cause);
    }
    imports.push({ file, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  return imports;
}

export interface RecordedImports {
  imports: Import[];
  /** What to tell: files that have changed since they were recorded. */
  warnings: string[];
}

/**
 * Imports the files that a run recorded; those given now stand in for recorded ones of the same name.
 *
 * @param recorded as `config.json` has them
 * @param given by `--import`
 * @param command how to try again, without `--import`
 * @throws CommandError `FILE` naming the one that is gone, and what to type; `IMPORT`.
 */
export async function importRecorded(
  recorded: readonly Import[],
  given: readonly string[] | undefined,
  command: string,
): Promise<RecordedImports> {
  const own = await importFiles(given ?? []);
  const imports: Import[] = [];
  const warnings: string[] = [];
  for (const before of recorded) {
    const name = basename(before.file);
    const now =
      own.find(({ file }) => basename(file) === name) ??
      own.find(({ sha256 }) => sha256 === before.sha256) ??
      (await importAgain(before, command));
    if (now.sha256 !== before.sha256) {
      warnings.push(`${now.file} is not what it was when the run began: what it defines now is used.`);
    }
    imports.push(now);
  }
  return { imports: [...imports, ...own.filter((one) => !imports.includes(one))], warnings };
}

/** {@link importRecorded} for a command that only uses a run: what has changed is told on stderr. */
export async function importForRun(...args: Parameters<typeof importRecorded>): Promise<void> {
  for (const warning of (await importRecorded(...args)).warnings) warn(warning);
}

async function importAgain({ file }: Import, command: string): Promise<Import> {
  try {
    return (await importFiles([file]))[0]!;
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && cause.code === 'ENOENT')) throw cause;
    throw new CommandError(
      'FILE',
      {
        where: file,
        expected: 'the file that defines pieces of this run',
        received: 'nothing there',
        fix: `Give it from where it is now: ${command} --import ${shellQuote(basename(file))}.`,
      },
      { cause },
    );
  }
}

/** Marks the address of a file that the user imports: the hooks take it off again. */
const MARK = '?residual-import';

/**
 * Module hooks, which run in a thread of their own, as text: a build has no second file for them. A module that a user's
 * file imports, however indirectly, gets the command's own packages for `@residual/*` and TensorFlow.js: registries, and
 * tensors, are one for each copy of a package. Of anything else it gets its own copy where it has one, else the command's.
 */
const HOOKS = `
const users = new Set();
let command;
export function initialize(url) { command = url; }
export async function resolve(specifier, context, next) {
  if (specifier.endsWith('${MARK}')) {
    const found = await next(specifier.slice(0, -${MARK.length}), context);
    users.add(found.url);
    return /\\.js$/.test(found.url) && found.format == null ? { ...found, format: 'module' } : found;
  }
  if (!users.has(context.parentURL)) return next(specifier, context);
  if (/^(@residual|@tensorflow)\\//.test(specifier)) {
    const own = await next(specifier, { ...context, parentURL: command }).catch(() => undefined);
    if (own) return own;
  }
  try {
    const found = await next(specifier, context);
    users.add(found.url);
    return found;
  } catch (error) {
    if (/^[./]|^\\w+:/.test(specifier)) throw error;
    return next(specifier, { ...context, parentURL: command }).catch(() => { throw error; });
  }
}
`;

let isRegistered = false;

function registerHooks(): void {
  if (isRegistered) return;
  isRegistered = true;
  nodeModule.register(`data:text/javascript,${encodeURIComponent(HOOKS)}`, { data: import.meta.url });
}

function failed(file: string, cause: unknown): CommandError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reason = oneLine(cause instanceof Error ? cause.message : String(cause));
  const isTypescript = code === 'ERR_UNKNOWN_FILE_EXTENSION' && /\.[cm]?ts$/.test(file);
  return new CommandError(
    'IMPORT',
    {
      where: file,
      expected: 'a module that can be imported',
      received: isTypescript ? `TypeScript, which Node ${process.versions.node} can't run` : reason,
      fix: isTypescript
        ? 'Use Node 22.18 or newer, or compile it to JavaScript.'
        : 'Correct the file; --verbose shows where it failed.',
    },
    { cause },
  );
}
