import { nodeModule } from './node.js';
import { quotaOfCores } from './quota.js';

/** What the engine can do, which decides the build of the kernels and whether there are threads. */
export interface Features {
  /** Fixed-width SIMD; without it nothing runs. */
  simd: boolean;
  /** Relaxed SIMD: a fused multiply-add, twice as fast as a multiplication and an addition. */
  relaxed: boolean;
  /** Memory that several threads see. */
  shared: boolean;
}

// `() -> v128: i32x4.splat(0)`, and `() -> v128: f32x4.relaxed_madd(0, 0, 0)`.
const SIMD_PROBE = module([0xfd, 0x0f]);
const RELAXED_PROBE = module([0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0x41, 0, 0xfd, 0x0f, 0xfd, 0x85, 0x02]);

/** Looks at the engine; on Node it may first switch on what that version of V8 has but hides behind a flag. */
export function detectFeatures(): Features {
  return {
    simd: WebAssembly.validate(SIMD_PROBE),
    relaxed:
      WebAssembly.validate(RELAXED_PROBE) || (enableRelaxedSimd() && WebAssembly.validate(RELAXED_PROBE)),
    shared: sharedMemoryAllowed(),
  };
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

function v8Major(): number {
  return Number.parseInt(globalThis.process.versions.v8, 10);
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

/** A WebAssembly module with one function `() -> v128` whose body is `i32.const 0` and `instructions`. */
function module(instructions: number[]): Uint8Array<ArrayBuffer> {
  const body = [0, 0x41, 0, ...instructions, 0x0b];
  return new Uint8Array([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0], // "\0asm", version 1
    ...[1, 5, 1, 0x60, 0, 1, 0x7b], // one type: () -> v128
    ...[3, 2, 1, 0], // one function of that type
    ...[10, body.length + 2, 1, body.length, ...body],
  ]);
}
