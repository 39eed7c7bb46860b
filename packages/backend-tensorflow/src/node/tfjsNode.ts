import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { Addon, TensorflowBackend } from '../addon.js';
import { restoreRemovedUtilities } from './shims.js';

export type TensorflowBackendClass = new (addon: Addon, packageName: string) => TensorflowBackend;

/** Under which tfjs-node's files ask for tfjs-core. */
const CORE_NAMES = ['@tensorflow/tfjs', '@tensorflow/tfjs-core'];

/**
 * Registers the kernels of tfjs-node's package in `folder` and returns its backend.
 *
 * Not through the package's main file: that one looks for the addon in its own folder only, and loads the union package
 * `@tensorflow/tfjs` with two more backends and perhaps another copy of tfjs-core. The files behind it get this
 * program's tfjs-core under both names.
 */
export function loadTfjsNode(folder: string): TensorflowBackendClass {
  restoreRemovedUtilities();
  const require = createRequire(join(folder, 'package.json'));
  const paths = CORE_NAMES.map((name) => require.resolve(name));
  const before = paths.map((path) => require.cache[path]);
  for (const path of paths) require.cache[path] = moduleOf(path, tf);
  try {
    require('./dist/register_all_kernels.js');
    return require('./dist/nodejs_kernel_backend.js').NodeJSKernelBackend;
  } finally {
    for (const [i, path] of paths.entries()) {
      const module = before[i];
      if (module === undefined) delete require.cache[path];
      else require.cache[path] = module;
    }
  }
}

function moduleOf(path: string, exports: unknown): NodeJS.Module {
  const rest = { children: [], paths: [], parent: undefined, isPreloading: false, require };
  return { id: path, filename: path, path: dirname(path), exports, loaded: true, ...rest };
}

const require = createRequire(import.meta.url);
