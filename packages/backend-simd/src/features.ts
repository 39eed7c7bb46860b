import { nodeModule } from './node.js';
import { quotaOfCores } from './quota.js';

/** What the engine can do, which decides the build of the kernels and whether there are threads. */
export interface Features {
  /** Fixed-width SIMD; without it nothing runs. */
  simd: boolean;
  /** Relaxed SIMD whose multiply-add was seen to round once: twice as fast as a multiplication and an addition. */
  relaxed: boolean;
  /** Memory that several threads see. */
  shared: boolean;
}

const F32 = 0x7d;
const SPLAT = [0xfd, 0x13];
const FIRST_LANE = [0xfd, 0x1f, 0];
const get = (parameter: number): number[] => [0x20, parameter];

/** `(x) -> x`, through a vector. */
const SIMD_PROBE = module(1, [...get(0), ...SPLAT, ...FIRST_LANE]);
/** `(a, b, c) -> a b + c`, by relaxed_madd. */
const RELAXED_PROBE = module(3, [
  ...[0, 1, 2].flatMap((i) => [...get(i), ...SPLAT]),
  0xfd,
  0x85,
  0x02,
  ...FIRST_LANE,
]);

/** Looks at the engine; on Node it may first switch on what that version of V8 has but hides behind a flag. */
export function detectFeatures(): Features {
  // None at all with `node --jitless`, or in a browser that locks itself down.
  const simd = globalThis.WebAssembly?.validate(SIMD_PROBE) ?? false;
  if (!simd) return { simd, relaxed: false, shared: false };
  return {
    simd,
    relaxed: roundsOnce() || (enableRelaxedSimd() && roundsOnce()),
    shared: sharedMemoryAllowed(),
  };
}

/**
 * Computes it: JavaScriptCore, and V8 on a processor without such an instruction, take relaxed_madd and round twice. With a = b =
 * 1 + 2^-12, the square is 1 + 2^-11 + 2^-24, of which float32 loses the last part.
 */
function roundsOnce(): boolean {
  if (!WebAssembly.validate(RELAXED_PROBE)) return false;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(RELAXED_PROBE));
  const multiplyAdd = exports.f as (a: number, b: number, c: number) => number;
  return multiplyAdd(1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11)) === 2 ** -24;
}

/** Node 20 and 21 (V8 11.3 to 11.8) have relaxed SIMD, but off; a version that doesn't know a flag prints a warning. */
function enableRelaxedSimd(): boolean {
  const v8 = nodeModule('node:v8');
  if (v8 === undefined || v8Major() !== 11) return false;
  v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  return true;
}

/**
 * Asks V8 to join two neighbouring 128-bit instructions into one of 256 bits; true if it was asked. The bits of the results stay
 * the same, at up to twice the speed. Must run before the kernels are compiled. V8 13 and 14 (Node 24 to 26) have it, on
 * x64, behind a flag that other versions may not know by this name: those may be started with a flag of their own.
 */
export function enableRevectorisation(): boolean {
  const v8 = nodeModule('node:v8');
  if (v8 === undefined || globalThis.process.arch !== 'x64' || ![13, 14].includes(v8Major())) return false;
  v8.setFlagsFromString('--experimental-wasm-revectorize');
  return true;
}

/** NaN in Bun, which names a version of V8 and has another engine. */
function v8Major(): number {
  const { v8, bun } = globalThis.process.versions;
  return bun === undefined ? Number.parseInt(v8, 10) : Number.NaN;
}

/** Node always shares memory; a page only when it is cross-origin isolated. */
function sharedMemoryAllowed(): boolean {
  if (typeof SharedArrayBuffer === 'undefined') return false;
  return nodeModule('node:worker_threads') !== undefined || globalThis.crossOriginIsolated === true;
}

/** The cores that this process may use: no more than a container's quota grants it. */
export function availableThreads(): number {
  const cores = nodeModule('node:os')?.availableParallelism();
  if (cores === undefined) return globalThis.navigator?.hardwareConcurrency ?? 1;
  return Math.max(1, Math.min(cores, Math.floor(quotaOfCores(textOf))));
}

function textOf(path: string): string | undefined {
  try {
    return nodeModule('node:fs')?.readFileSync(path, 'utf8');
  } catch {
    return undefined; // not Linux, or no such group
  }
}

/** A WebAssembly module with one function `f` of so many float32 to a float32. */
function module(parameters: number, instructions: number[]): Uint8Array<ArrayBuffer> {
  const type = [0x60, parameters, ...new Array(parameters).fill(F32), 1, F32];
  const body = [0, ...instructions, 0x0b];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...[1, type.length + 1, 1, ...type], // one type
    ...[3, 2, 1, 0], // one function of that type
    ...[7, 5, 1, 1, 0x66, 0, 0], // exported as "f"
    ...[10, body.length + 2, 1, body.length, ...body],
  ]);
}
