import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import type { Loaded, LoadOptions } from './loaded.ts';

const NAME = '@tensorflow/tfjs-node';

/**
 * TensorFlow's C library through tfjs-node, which has its own copy of tfjs-core: ours is loaded before it, so that the
 * tensors of both are ours.
 */
export async function load({ threads, folder }: LoadOptions): Promise<Loaded> {
  // Functions of Node 22 and older that tfjs-node 4.22 calls.
  const old = util as unknown as Record<string, unknown>;
  old.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  old.isArray ??= Array.isArray;
  // Read when the library starts; it takes all cores otherwise.
  process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  const require = createRequire(folder === undefined ? import.meta.url : join(folder, 'package.json'));
  const version = requireTfjsNode(require).version['tfjs-node']!;
  if (!(await tf.setBackend('tensorflow'))) throw new Error(`${NAME}: its start failed`);
  const { binding } = tf.backend() as unknown as { binding: { TF_Version: string } };
  return {
    description: `tfjs-node ${version}, libtensorflow ${binding.TF_Version}, with our reference operations`,
    versions: { [NAME]: version, libtensorflow: binding.TF_Version },
    threads,
  };
}

function requireTfjsNode(require: NodeJS.Require): { version: Record<string, string> } {
  try {
    return require(NAME);
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    const reason = code === 'MODULE_NOT_FOUND' ? 'it or its native addon is not installed' : message;
    throw new Error(`${reason.split('\n')[0]}; --tfjs-node PATH names a folder whose node_modules has it`);
  }
}
