import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import { replaceFile } from '@residual/weights/node';
import { CommandError } from '../error.js';

/** A file that is to be fetched, and how it is known when it is there. */
export interface Wanted {
  /** For messages. */
  name: string;
  url: string;
  headers: Readonly<Record<string, string>>;
  /** In bytes. */
  size: number;
  /** Of its content, in hexadecimal: SHA-256, or git's SHA-1 of a blob, which is what the Hub knows of small files. */
  digest: { algorithm: 'sha256' | 'git'; value: string };
}

/** How often a connection that has brought something may break off in a row without bringing more. */
const FRUITLESS = 3;

/**
 * Fetches a file to a path: all of it, with the right hash, or nothing under that name. What is there of an earlier attempt is gone on with.
 *
 * @throws CommandError `DOWNLOAD` when the server gives no file, another one, or more than it should.
 */
export async function download(
  wanted: Wanted,
  path: string,
  { fetch, signal }: { fetch: typeof globalThis.fetch; signal?: AbortSignal },
): Promise<void> {
  const partial = `${path}.incomplete`;
  const { size } = wanted;
  let have = await sizeOf(partial);
  if (have > size) {
    await rm(partial, { force: true });
    have = 0;
  }
  const hash = await hashOf(wanted, partial, have);
  const file = await open(partial, have === 0 ? 'w' : 'a');
  try {
    for (let fruitless = 0; have < size; ) {
      const before = have;
      try {
        for await (const bytes of bodyFrom(wanted, have, { fetch, signal })) {
          if (have + bytes.length > size) {
            await rm(partial, { force: true });
            throw tooLarge(wanted);
          }
          await file.write(bytes);
          hash.update(bytes);
          have += bytes.length;
        }
      } catch (error) {
        signal?.throwIfAborted();
        if (error instanceof CommandError) throw error;
        if (have === before && ++fruitless === FRUITLESS) throw brokenOff(wanted, have, error);
        continue;
      }
      fruitless = have === before ? fruitless + 1 : 0;
      if (fruitless === FRUITLESS) throw brokenOff(wanted, have);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const received = hash.digest('hex');
  if (received !== wanted.digest.value) {
    await rm(partial, { force: true });
    throw otherContent(wanted, received);
  }
  await replaceFile(partial, path);
}

/** The bytes from a place on. */
async function* bodyFrom(
  wanted: Wanted,
  from: number,
  { fetch, signal }: { fetch: typeof globalThis.fetch; signal?: AbortSignal },
): AsyncGenerator<Uint8Array> {
  const headers = { ...wanted.headers, ...(from > 0 && { Range: `bytes=${from}-` }) };
  const response = await fetch(wanted.url, { headers, signal: signal ?? null });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw refused(wanted, `HTTP status ${response.status}`);
  }
  // A server that knows no ranges begins at the beginning: what is there already is passed over.
  let skip = response.status === 206 ? 0 : from;
  for await (const bytes of response.body as unknown as AsyncIterable<Uint8Array>) {
    const rest = bytes.subarray(Math.min(skip, bytes.length));
    skip -= bytes.length - rest.length;
    if (rest.length > 0) yield rest;
  }
}

async function hashOf({ digest, size }: Wanted, partial: string, have: number): Promise<Hash> {
  const hash = createHash(digest.algorithm === 'git' ? 'sha1' : 'sha256');
  if (digest.algorithm === 'git') hash.update(`blob ${size}\0`);
  if (have > 0) for await (const bytes of createReadStream(partial)) hash.update(bytes as Uint8Array);
  return hash;
}

function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function failure(
  where: string,
  expected: string,
  received: string,
  fix: string,
  cause?: unknown,
): CommandError {
  return new CommandError('DOWNLOAD', { where, expected, received, fix }, { cause });
}

const refused = ({ name }: Wanted, received: string) =>
  failure(name, 'the file', received, 'Try again later, or get the files yourself and name their folder.');
const brokenOff = ({ name, size }: Wanted, have: number, cause?: unknown) =>
  failure(
    name,
    `${size} bytes`,
    `${have}, then a connection that broke off`,
    'Run the command again: it goes on from there.',
    cause,
  );
const tooLarge = ({ name, size }: Wanted) =>
  failure(
    name,
    `${size} bytes, as the Hub lists`,
    'more',
    'Check what lies between: a proxy, or a page to log in.',
  );
const otherContent = ({ name, digest }: Wanted, received: string) =>
  failure(
    name,
    `a hash of ${digest.value}, as the Hub lists`,
    received,
    'What was downloaded is removed: run the command again.',
  );
