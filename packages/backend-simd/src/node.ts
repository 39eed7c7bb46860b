/** One of Node's own modules, or undefined in a browser: an import would have to be explained to every bundler. */
export function nodeModule<Name extends keyof NodeModules>(name: Name): NodeModules[Name] | undefined {
  return globalThis.process?.getBuiltinModule?.(name) as NodeModules[Name] | undefined;
}

interface NodeModules {
  'node:worker_threads': typeof import('node:worker_threads');
  'node:v8': typeof import('node:v8');
  'node:os': typeof import('node:os');
  'node:fs': typeof import('node:fs');
}
