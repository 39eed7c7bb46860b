import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import * as tf from '@tensorflow/tfjs-core';
import { type CountedWork, countStep } from './countStep.ts';
import type { Counts } from './counts.ts';
import { installMockDevice } from './mockDevice.ts';

// `pnpm bench --only webgpu --count-only`: what one training step asks of the device, by this repository's kernels and by
// TensorFlow.js's own backend, on a device that counts and computes nothing.

const WORK: CountedWork[] = [
  { model: 'd2l-resnet18', input: [96, 96, 1], batchSize: 128 },
  { model: 'resnet50', input: [224, 224, 3], batchSize: 32 },
];

const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    'count-only': { type: 'boolean' },
    json: { type: 'boolean', default: false },
    /** For the child process, which has one backend or the other. */
    engine: { type: 'string' },
    work: { type: 'string' },
  },
});

if (values.engine === undefined) compare();
else await count(values.engine, WORK[Number(values.work)]!);

/** Both engines' counts of each work, each in a process of its own: they register kernels under the same names. */
function compare(): void {
  for (const [index, { model, input, batchSize }] of WORK.entries()) {
    if (!values.json)
      console.log(`${model} ${input.join('x')}, batch ${batchSize}, SGD with momentum, one step:`);
    for (const engine of ['residual', 'tfjs']) {
      const args = [fileURLToPath(import.meta.url), '--engine', engine, '--work', String(index)];
      const { stdout, status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      if (status !== 0) throw new Error(`counting ${engine}: expected exit code 0, received ${status}`);
      const counts = JSON.parse(stdout.toString().trim().split('\n').at(-1)!);
      if (values.json) console.log(JSON.stringify({ model, input, batchSize, engine, ...counts }));
      else console.log(`  ${engine.padEnd(9)} ${inWords(counts)}`);
    }
  }
}

async function count(engine: string, work: CountedWork): Promise<void> {
  const { counts, device, info } = installMockDevice();
  if (engine === 'residual') {
    const { TrainingBackend } = await import('@residual/backend-webgpu');
    tf.removeBackend('webgpu');
    tf.registerBackend('webgpu', () => new TrainingBackend(device, info));
  } else {
    await import('@tensorflow/tfjs-backend-webgpu');
  }
  if (!(await tf.setBackend('webgpu'))) throw new Error(`${engine}: tf.setBackend gave false`);
  const step = await countStep(work, counts);
  console.log(JSON.stringify({ ...step, kernels: Object.fromEntries(step.kernels) }));
}

function inWords({ dispatches, submits, boundBytes, copiedBytes, uploadedBytes }: Counts): string {
  const whole = (value: number) => Math.round(value).toLocaleString('en');
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(2)} GB`;
  return (
    `${whole(dispatches)} dispatches, ${whole(submits)} submits, ${gigabytes(boundBytes)} bound, ` +
    `${gigabytes(copiedBytes)} copied, ${(uploadedBytes / 1e6).toFixed(1)} MB uploaded`
  );
}
