import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isModelName } from '@residual/models';
import * as tf from '@tensorflow/tfjs-core';
import { type CountedWork, countStep } from './countStep.ts';
import { ENGINES, type Engine, type StepCounts } from './counts.ts';
import { installMockDevice } from './mockDevice.ts';

// `pnpm bench --only webgpu --count-only`: what one training step asks of the device, by this repository's kernels and by
// TensorFlow.js's own backend, on a device that counts and computes nothing.

const WORK: CountedWork[] = [
  { model: 'd2l-resnet18', batchSize: 128 },
  { model: 'resnet50', batchSize: 32 },
];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    'count-only': { type: 'boolean' },
    json: { type: 'boolean', default: false },
    /** In place of the works above. */
    model: { type: 'string' },
    'batch-size': { type: 'string', default: '128' },
    /** Only this one, in this process: two would register kernels under the same names. */
    engine: { type: 'string' },
  },
});

const works = values.model === undefined ? WORK : [workOf(values.model, Number(values['batch-size']))];
if (values.engine === undefined) for (const work of works) compare(work);
else for (const work of works) console.log(JSON.stringify(await count(values.engine as Engine, work)));

function workOf(model: string, batchSize: number): CountedWork {
  if (!isModelName(model)) throw new Error(`--model: expected a network's name, received ${model}`);
  if (Number.isInteger(batchSize) && batchSize >= 1) return { model, batchSize };
  throw new Error(`--batch-size: expected a positive integer, received ${values['batch-size']}`);
}

function compare({ model, batchSize }: CountedWork): void {
  if (!values.json) console.log(`${model}, batch ${batchSize}, SGD with momentum, one step:`);
  for (const engine of ENGINES) {
    const choice = ['--engine', engine, '--model', model, '--batch-size', String(batchSize)];
    const args = [fileURLToPath(import.meta.url), ...choice];
    const { stdout, status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    if (status !== 0) throw new Error(`counting ${engine}: expected exit code 0, received ${status}`);
    const counts = JSON.parse(stdout.toString().trim().split('\n').at(-1)!) as StepCounts;
    if (values.json) console.log(JSON.stringify({ model, batchSize, engine, ...counts }));
    else console.log(`  ${engine.padEnd(9)} ${inWords(counts)}`);
  }
}

async function count(engine: Engine, work: CountedWork): Promise<StepCounts> {
  const { counts, device, info } = installMockDevice();
  if (engine === 'tfjs') {
    await import('@tensorflow/tfjs-backend-webgpu');
  } else {
    const { TrainingBackend } = await import('@residual/backend-webgpu');
    tf.removeBackend('webgpu');
    tf.registerBackend('webgpu', () => {
      const backend = new TrainingBackend(device, info);
      if (engine === 'float16') backend.activations = 'float16';
      return backend;
    });
  }
  if (!(await tf.setBackend('webgpu'))) throw new Error(`${engine}: tf.setBackend gave false`);
  const step = await countStep(work, counts);
  return { ...step, kernels: Object.fromEntries(step.kernels) };
}

function inWords(counts: StepCounts): string {
  const { dispatches, submits, boundBytes, copiedBytes, uploadedBytes, memoryBytes } = counts;
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
  return (
    `${whole(dispatches)} dispatches, ${whole(submits)} submits, ${gigabytes(boundBytes)} bound, ` +
    `${gigabytes(copiedBytes)} copied, ${(uploadedBytes / 1e6).toFixed(1)} MB uploaded, ${gigabytes(memoryBytes)} of memory`
  );
}
