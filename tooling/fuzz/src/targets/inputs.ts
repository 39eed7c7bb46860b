import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { problemOf } from '../outcome.ts';

/** From the worker's program, in tooling/fuzz/dist. */
const ROOT = join(import.meta.dirname, '..', '..', '..');

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);
export const json = (value: unknown): Uint8Array => text(JSON.stringify(value));
/** What a network of small grey pictures sees, as a run's configuration and a model's file have it. */
export const task = {
  version: 1,
  picture: { height: 8, width: 8, channels: 1 },
  steps: [],
  normalize: null,
  classNames: ['a', 'b'],
  data: { name: 'pictures' },
};
export const fixture = (path: string): Uint8Array => Uint8Array.from(readFileSync(join(ROOT, path)));
/** What is no JSON is left to those who read the file. */
export function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(textOf(bytes));
  } catch {
    return undefined;
  }
}

export const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

/** Reads one input in several ways, each whatever the others do; throws what may not be thrown, or the first refusal. */
export async function eachOf(...readings: (() => unknown)[]): Promise<void> {
  const refusals: unknown[] = [];
  for (const read of readings) {
    try {
      await read();
    } catch (error) {
      if (problemOf(error) !== undefined) throw error;
      refusals.push(error);
    }
  }
  if (refusals.length > 0) throw refusals[0];
}

/** Of bytes that begin with this, the rest is put into a file by the target: so that all of it may change. */
export const WRAPPED = 0x5a;
export const wrapped = (bytes: Uint8Array): Uint8Array => Uint8Array.of(WRAPPED, ...bytes);

const ENTRY = 0x02014b50;

/** A zip file with the right checksums and sizes of records whose headers are whole. */
export function repairZip(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes);
  for (let at = file.indexOf('PK\x01\x02'); at >= 0; at = file.indexOf('PK\x01\x02', at + 1)) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== ENTRY) break;
    const [local, packed] = [file.readUInt32LE(at + 42), file.readUInt32LE(at + 20)];
    if (local + 30 > file.length) continue;
    const begin = local + 30 + file.readUInt16LE(local + 26) + file.readUInt16LE(local + 28);
    const data = file.subarray(begin, begin + packed);
    const content = file.readUInt16LE(at + 10) === 8 ? inflated(data) : data;
    if (content === undefined) continue;
    for (const field of [at + 16, local + 14]) file.writeUInt32LE(crc32(content), field);
    for (const field of [at + 24, local + 22]) file.writeUInt32LE(content.length, field);
  }
  return Uint8Array.from(file);
}

function inflated(data: Uint8Array): Uint8Array | undefined {
  try {
    return inflateRawSync(data, { maxOutputLength: 2 ** 20 });
  } catch {
    return undefined;
  }
}

/** What may be refused, but never read as something else. */
export function requireSame(one: Uint8Array, other: Uint8Array, what: string): void {
  if (!Buffer.from(one).equals(other)) throw new Error(`${what}: read as something else`);
}
