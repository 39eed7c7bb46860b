/** Our networks on one of TensorFlow.js's backends: its one argument is JSON, `{ backend, task, folder, activations }`. */
import * as tf from '@tensorflow/tfjs-core';
import type { Task } from '../protocol.ts';
import { answer, runHere } from './answer.ts';
import type { Loaded, LoadOptions } from './loaded.ts';
import { createMixed } from './mixed.ts';
import { profileSteps } from './profile.ts';
import { createSteps, multiplicationsOf, type Steps } from './step.ts';
import { createUpdates } from './update.ts';

const backends: Record<string, () => Promise<{ load(options: LoadOptions): Promise<Loaded> }>> = {
  simd: () => import('./simd.ts'),
  wasm: () => import('./wasm.ts'),
  cpu: () => import('./cpu.ts'),
  'tfjs-node': () => import('./tfjsNode.ts'),
  tensorflow: () => import('./tensorflow.ts'),
  webgpu: () => import('./webgpu.ts'),
  'tfjs-webgpu': () => import('./tfjsWebgpu.ts'),
};

const makers: Partial<Record<Task['kind'], (task: Task) => Steps>> = {
  update: createUpdates,
  'mixed training': createMixed,
};

const { backend, task, ...options } = JSON.parse(process.argv[2]!) as {
  backend: string;
  task: Task;
} & Omit<LoadOptions, 'threads'>;

await answer(async () => {
  const { load } = await backends[backend]!();
  const loaded = await load({ threads: task.threads, ...options });
  const { description, versions, threads } = loaded;
  const work = (makers[task.kind] ?? createSteps)(task);
  return {
    ready: {
      description,
      versions: { ...versions, '@tensorflow/tfjs-core': tf.version_core, node: process.versions.node },
      threads,
      ...(task.kind === 'variants'
        ? { multiplications: multiplicationsOf(work.model, task.inputShape) }
        : { parameters: work.parameters }),
    },
    run: (steps) => runHere(() => work.run(steps)),
    profile: (steps) => loaded.profile?.(work, steps) ?? profileSteps(work, steps, loaded),
  };
});
