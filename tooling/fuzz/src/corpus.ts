import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const HERE = join(import.meta.dirname, '..');

/**
 * The inputs of a parser, by which each of its branches that was ever reached is reached again: those that are committed, in a file of base64, a
 * line each, and those found since, in a folder that git ignores.
 */
export class Corpus {
  readonly #committed: string;
  readonly #grown: string;
  readonly #findings: string;

  constructor(parser: string, cache = join(HERE, '.cache')) {
    this.#committed = join(HERE, 'corpus', `${parser}.txt`);
    this.#grown = join(cache, parser);
    this.#findings = join(cache, 'findings', parser);
  }

  read(): Uint8Array[] {
    const grown = existsSync(this.#grown)
      ? readdirSync(this.#grown).map((name) => readFileSync(join(this.#grown, name)))
      : [];
    return [...this.committed(), ...grown].map((bytes) => Uint8Array.from(bytes));
  }

  committed(): Uint8Array[] {
    if (!existsSync(this.#committed)) return [];
    const lines = readFileSync(this.#committed, 'utf8').split('\n');
    return lines.filter((line) => line !== '').map((line) => Uint8Array.from(Buffer.from(line, 'base64')));
  }

  keep(bytes: Uint8Array): void {
    write(this.#grown, bytes);
  }

  /** @returns the file that an input with a problem is kept in */
  keepFinding(bytes: Uint8Array): string {
    return write(this.#findings, bytes);
  }

  /** Replaces what is committed. */
  commit(inputs: readonly Uint8Array[]): void {
    const lines = inputs.map((bytes) => Buffer.from(bytes).toString('base64')).sort();
    writeFileSync(this.#committed, lines.map((line) => `${line}\n`).join(''));
  }
}

function write(folder: string, bytes: Uint8Array): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, createHash('sha256').update(bytes).digest('hex').slice(0, 24));
  writeFileSync(path, bytes);
  return path;
}
