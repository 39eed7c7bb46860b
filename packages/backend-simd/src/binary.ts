import type { Features } from './features.js';

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/** The kernels, compiled once for a program, in the build that suits the engine. */
export function compileKernels({ relaxed, shared }: Features): Promise<WebAssembly.Module> {
  const build = `${relaxed ? 'relaxed' : 'plain'}${shared ? 'Shared' : 'Unshared'}` as keyof typeof BUILDS;
  const existing = compiled.get(build);
  if (existing !== undefined) return existing;
  const module = BUILDS[build]().then(({ bytes }) => WebAssembly.compile(decodeBase64(bytes)));
  compiled.set(build, module);
  return module;
}

/** Loaded one by one, so that a page fetches only the build it can run. */
const BUILDS = {
  relaxedShared: () => import('../generated/relaxedShared.js'),
  relaxedUnshared: () => import('../generated/relaxedUnshared.js'),
  plainShared: () => import('../generated/plainShared.js'),
  plainUnshared: () => import('../generated/plainUnshared.js'),
};

function decodeBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
