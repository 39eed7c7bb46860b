import * as tf from '@tensorflow/tfjs-core';
import { load } from '../peers/simd.ts';
import { createSteps, type Steps } from '../peers/step.ts';
import { timed } from '../peers/timed.ts';
import type { PageProgram } from '../protocol.ts';

let work: Steps;

const program: PageProgram = {
  async start(task) {
    const { description, versions, threads } = await load({ threads: task.threads });
    work = createSteps(task);
    return {
      description,
      versions: { ...versions, '@tensorflow/tfjs-core': tf.version_core },
      threads,
      parameters: work.parameters,
    };
  },
  run: (steps) => timed(() => work.run(steps)),
};
Object.assign(globalThis, { program });
