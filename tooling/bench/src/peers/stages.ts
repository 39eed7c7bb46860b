/** A frozen trunk, and a head that is solved on its features: its one argument is JSON, `{ task, what, folder }`. */
import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simd } from '@residual/backend-simd';
import { dispose, init } from '@residual/blocks';
import { loadSource } from '@residual/data';
import { models } from '@residual/models';
import { selectBackend } from '@residual/ops';
import { centerCrop, color, resizeShortSide } from '@residual/pictures';
import { folderSource } from '@residual/pictures/node';
import {
  batchesOf,
  configure,
  encodeModel,
  headAlone,
  type Recipe,
  runParts,
  startRun,
  taskInput,
} from '@residual/runs';
import { predictions } from '@residual/trainer';
import { openWeights, sourceOfBytes } from '@residual/weights';
import type { Task } from '../protocol.ts';
import { answer, type Program, runHere } from './answer.ts';

const { task, what, folder } = JSON.parse(process.argv[2]!) as {
  task: Task;
  what: 'frozen stage' | 'prediction';
  folder: string;
};
const [count, height, width] = task.inputShape;
/** Of 256, as ImageNet's pictures are prepared. */
const SHORT_SIDE = Math.round((256 / 224) * Math.min(height, width));
const steps = [color(), resizeShortSide({ size: SHORT_SIDE }), centerCrop({ height, width })];
const pack = join(tmpdir(), `residual-bench-${process.pid}.pack`);
process.once('exit', () => rmSync(pack, { force: true }));

const recipe: Recipe = {
  name: 'frozen stage',
  summary: 'For the benchmark',
  resize: null,
  normalize: true,
  training: {
    ...headAlone,
    recipe: 'frozen stage',
    model: { name: task.model },
    stages: 'frozen',
    gradientClipNorm: 0,
    seed: 0,
    limit: null,
    holdOut: count, // a tenth, at most
  },
};

await answer(start);

/** A step is all pictures once: read from the pack, and either named, or the head solved on them with each pull towards 0. */
async function start(): Promise<Program> {
  await selectBackend([simd], { values: { threads: task.threads } });
  const picture = { height, width, channels: 3 as const };
  const { train, task: learnt } = await loadSource(folderSource({ path: folder }), {
    pack,
    fit: () => ({ picture, steps }),
  });
  const { create } = models[task.model];
  const numClasses = learnt.classNames.length;
  const model = init(create({ numClasses }), [1, height, width, 3], { seed: 0 });
  const bytes = await encodeModel(model, { task: learnt, model: { name: task.model } });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const file = await openWeights(sourceOfBytes(bytes, 'trunk.safetensors'));
  const config = configure(recipe, learnt, { weights: { name: 'trunk', sha256, newHead: true } });
  const input = taskInput(config.task);
  const parts = runParts(config, { train });

  async function solve(): Promise<void> {
    const run = await startRun(config, { data: { train }, weights: { file, sha256 } });
    for await (const event of run.events)
      if (event.type === 'end' && event.reason === 'aborted') throw new Error('aborted');
    dispose(run.model);
  }
  async function name(): Promise<void> {
    for (const part of [parts.train, parts.validation!])
      await predictions(model, batchesOf(part, input, { batchSize: 32 }), input.prepare);
  }
  const step = what === 'prediction' ? name : solve;
  return {
    ready: {
      description: `Residual's simd, ${what} of pictures from the pack`,
      versions: { node: process.versions.node },
      threads: task.threads,
    },
    run: (steps) =>
      runHere(async () => {
        for (let i = 0; i < steps; i++) await step();
      }),
  };
}
