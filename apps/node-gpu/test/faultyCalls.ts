import type * as fileSystem from 'node:fs';
import type * as promisedFileSystem from 'node:fs/promises';
import { promisify } from 'node:util';

/** Which call of the file system goes wrong, from 0, and how: by a code, or as a write that takes half. */
export interface Fault {
  at: number;
  what: string;
}

let place: string | undefined;
let fault: Fault | undefined;
let log: string[] = [];
const descriptors = new Set<number>();

/** From now on the calls about files below a folder are counted, and one goes wrong. */
export function watchCalls(folder: string, failing?: Fault): void {
  place = folder;
  fault = failing;
  log = [];
}

/** Nothing goes wrong any more. @returns what was called since `watchCalls` */
export function unwatchCalls(): string[] {
  place = undefined;
  return log;
}

/** @returns whether half of the bytes are to be written */
function step(name: string, isOurs: boolean): boolean {
  if (place === undefined || !isOurs) return false;
  log.push(name);
  if (log.length - 1 !== fault?.at) return false;
  const { what: code } = fault;
  if (code === 'short write') return true;
  throw Object.assign(new Error(`${code}: refused, ${name}`), { code, syscall: name, errno: -1 });
}

const isWatched = (target: unknown): boolean =>
  typeof target === 'number'
    ? descriptors.has(target)
    : place !== undefined && typeof target === 'string' && target.startsWith(place);

/** The first half of the bytes of a write, where it's to be short. */
function shortened(given: unknown[], isShort: boolean, name: string): unknown[] {
  if (!isShort || !name.startsWith('write') || !ArrayBuffer.isView(given[0])) return given;
  const bytes = given[0] as Uint8Array;
  return [bytes.subarray(0, Math.ceil(bytes.length / 2)), ...given.slice(1)];
}

type Call = (...given: unknown[]) => unknown;

/** `node:fs/promises`, watched. */
export function watchedPromises(real: typeof promisedFileSystem): typeof promisedFileSystem {
  const watched = Object.entries(real).map(([name, call]) => {
    if (typeof call !== 'function' || name === 'FileHandle') return [name, call];
    const stepping = async (...given: unknown[]) => {
      step(name, isWatched(given[0]));
      const result = await (call as Call)(...given);
      return name === 'open' && isWatched(given[0]) ? watchedHandle(result as object) : result;
    };
    return [name, stepping];
  });
  return Object.fromEntries(watched);
}

function watchedHandle(handle: object): object {
  for (const name of ['read', 'readFile', 'write', 'writeFile', 'appendFile', 'sync', 'stat', 'close']) {
    const call = (handle as Record<string, Call>)[name]!.bind(handle);
    Object.assign(handle, {
      [name]: async (...given: unknown[]) => {
        if (name === 'close') return closing(() => step('close', true), call);
        return call(...shortened(given, step(name, true), name));
      },
    });
  }
  return handle;
}

/** A close that fails closes all the same, as the system's does. */
async function closing(fails: () => void, close: Call): Promise<unknown> {
  try {
    fails();
  } catch (error) {
    await close();
    throw error;
  }
  return close();
}

/** `node:fs`, watched: functions that end in Sync, and those with a callback. */
export function watchedFileSystem(real: typeof fileSystem): typeof fileSystem {
  const watched: [string, unknown][] = Object.entries(real).map(([name, call]) => {
    if (typeof call !== 'function' || /^[A-Z_]|Stream$|^watch/.test(name)) return [name, call];
    if (name.endsWith('Sync')) return [name, synchronous(name, call as unknown as Call)];
    return [name, withCallback(name, call as unknown as Call)];
  });
  return Object.fromEntries(watched) as typeof fileSystem;
}

function synchronous(name: string, call: Call): Call {
  return (...given) => {
    try {
      step(name, isWatched(given[0]));
    } catch (error) {
      if (name === 'existsSync') return false;
      throw error;
    }
    return call(...given);
  };
}

function withCallback(name: string, call: Call): Call {
  const stepping: Call = (...given) => {
    const callback = given.at(-1);
    if (typeof callback !== 'function') return call(...given);
    const isOurs = isWatched(given[0]);
    try {
      step(name, isOurs);
    } catch (error) {
      return void setImmediate(() => callback(error));
    }
    return call(...given.slice(0, -1), (error: unknown, ...results: unknown[]) => {
      if (name === 'open' && isOurs && !error) descriptors.add(results[0] as number);
      if (name === 'close') descriptors.delete(given[0] as number);
      callback(error, ...results);
    });
  };
  const named = { read: 'bytesRead', write: 'bytesWritten' }[name];
  if (named === undefined) return stepping;
  const promised = (...given: unknown[]) =>
    new Promise((resolve, reject) =>
      stepping(...given, (error: unknown, count: number, buffer: unknown) =>
        error ? reject(error) : resolve({ [named]: count, buffer }),
      ),
    );
  return Object.assign(stepping, { [promisify.custom]: promised });
}
