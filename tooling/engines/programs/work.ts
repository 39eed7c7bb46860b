import { simd } from '@residual/backend-simd';
import { init } from '@residual/blocks';
import { runConformance } from '@residual/conformance';
import { pictureDataset } from '@residual/data';
import { resnet20 } from '@residual/models';
import { selectBackend } from '@residual/ops';
import { augmentationsOf } from '@residual/pictures';
import { randomStream } from '@residual/random';
import {
  adamw,
  type CheckpointStorage,
  cosine,
  latestCheckpoint,
  memoryStorage,
  mixup,
  pictureData,
  train,
} from '@residual/trainer';

/** What an engine is to do. */
export interface Job {
  bits: 'fastest' | 'portable';
  threads: number;
  /** The address of the conformance suite's fixtures: then that is run, and nothing trained. */
  conformance?: string;
  /** To be gone on with: checkpoints by name, in base64. */
  files?: Record<string, string>;
  /** The step after whose checkpoint it stops. Default: none, to the end. */
  stopAfter?: number;
}

/** What came of it. */
export interface Outcome {
  /** What decides bits, as the backend says. */
  arithmetic: Record<string, string>;
  /** What the run said when it went on. */
  warnings: string[];
  /** Of the last state that it has saved: weights, what the optimizer keeps, and the history. */
  digest: string;
  files: Record<string, string>;
  /** Names of the conformance suite's cases. */
  passed: number;
  failed: string[];
}

/** Uses all that bits depend on: initial weights, the order, flips, mixing, Adam's corrections, a cosine, batch normalisation. */
export async function work(job: Job): Promise<Outcome> {
  const { bits, threads, conformance } = job;
  const { arithmetic } = await selectBackend([simd], { values: { bits, threads } });
  const outcome: Outcome = { arithmetic, warnings: [], digest: '', files: {}, passed: 0, failed: [] };
  if (conformance === undefined) return trained(job, outcome);
  const options = { backend: 'simd', requireKernels: true, fixtures: conformance };
  for await (const { name, error } of runConformance(options)) {
    if (error === undefined) outcome.passed++;
    else outcome.failed.push(`${name}: ${error.message}`);
  }
  return outcome;
}

async function trained({ files = {}, stopAfter }: Job, outcome: Outcome): Promise<Outcome> {
  const storage = memoryStorage();
  for (const [name, text] of Object.entries(files)) await storage.write(name, fromBase64(text));
  const data = pictureData(
    { train: pictures('train', 64), test: pictures('test', 24) },
    {
      batchSize: 16,
      seed: 0,
      augment: augmentationsOf([{ name: 'randomFlip' }, { name: 'shiftedCrop', padding: 2 }]),
    },
  );
  const model = resnet20({ numClasses: 4 });
  init(model, [1, ...data.inputShape], { seed: 0 });
  const resume = await latestCheckpoint(storage);
  const run = train({
    ...{ model, data, maxEpochs: 2, mix: mixup({ alpha: 0.4 }), schedule: cosine({ warmup: 0.2 }) },
    ...{ optimizer: adamw({ learningRate: 0.003 }), labelSmoothing: 0.1, gradientClipNorm: 1 },
    ...{ resume, checkpoints: { storage, everySteps: 1 } },
  });
  for await (const event of run) {
    if (event.type === 'warning') outcome.warnings.push(event.message);
    if (event.type !== 'checkpoint') continue;
    outcome.digest = event.sha256;
    if (event.step === stopAfter) break;
  }
  if (stopAfter !== undefined) outcome.files = await contents(storage);
  return outcome;
}

/** Noise about a level for each class. */
function pictures(name: string, count: number) {
  const draw = randomStream({ seed: 0, purpose: `pictures ${name}` });
  const size = 16 * 16;
  return pictureDataset({
    name,
    images: Uint8Array.from(
      { length: count * size },
      (_, i) => 40 * (Math.floor(i / size) % 4) + (draw.uint32(i) % 120),
    ),
    labels: Uint8Array.from({ length: count }, (_, i) => i % 4),
    shape: [16, 16, 1],
    classNames: ['a', 'b', 'c', 'd'],
  });
}

async function contents(storage: CheckpointStorage): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const name of await storage.list()) files[name] = toBase64(await storage.read(name));
  return files;
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
