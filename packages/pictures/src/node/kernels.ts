import { bytes } from '../../generated/kernels.js';

/** What assembly/index.ts exports: pointers are byte offsets into the memory. */
interface Kernels {
  readonly memory: WebAssembly.Memory;
  readonly width: WebAssembly.Global;
  readonly height: WebAssembly.Global;
  room(length: number): number;
  decode(length: number, most: number): number;
  measure(x: number, pixels: number, brightness: number): number;
  sumAt(i: number): number;
}

/** Of the memory, which never shrinks: room for a JPEG of 12 million pixels, as phones make them. */
export const MOST_BYTES = 96 * 2 ** 20;

/** Null where they can't be had. */
let loaded: Kernels | null | undefined;

/** The kernels for pictures; undefined where the engine has no WebAssembly with vectors. Each use overwrites what the one before gave. */
export function kernels(): Kernels | undefined {
  if (loaded === undefined) {
    try {
      const module = new WebAssembly.Module(Buffer.from(bytes, 'base64'));
      loaded = new WebAssembly.Instance(module).exports as unknown as Kernels;
    } catch {
      loaded = null;
    }
  }
  return loaded ?? undefined;
}
