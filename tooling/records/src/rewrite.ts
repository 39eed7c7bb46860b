import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fashionMnistTask } from '@residual/fashion-mnist';
import { findRecipe } from '@residual/recipes';
import { configure, parseRunConfig, type RunConfig } from '@residual/runs';
import { decodeSafetensors, encodeSafetensors } from '@residual/weights';

// Rewrites what was recorded before files carried a version: the configurations in docs/runs and the weights that come with the
// page. No number in them changes. After `node tooling/run/task.js bundle "@residual/records..."`: `node tooling/records/src/rewrite.ts`

const root = join(import.meta.dirname, '..', '..', '..');

/** What both forms of old files say: a recipe of ours, perhaps with other settings. */
interface OldRecipe {
  name: string;
  batchSize: number;
  epochs: number;
  seed: number;
  optimizer: { learningRate: number };
}

interface OldSettings {
  version: string;
  recipe: OldRecipe;
  limit: number | null;
  backend: { name: string; device: string; details: Record<string, string> };
  threads: number | null;
  convolution: string | null;
}

function configOf({ name, batchSize, epochs, seed, optimizer }: OldRecipe, limit: number | null): RunConfig {
  const overrides = {
    batchSize,
    epochs,
    seed,
    learningRate: optimizer.learningRate,
    limit: limit ?? undefined,
  };
  return configure(findRecipe(name), fashionMnistTask, overrides);
}

for (const run of ['quick', 'd2l']) {
  const path = join(root, 'docs', 'runs', run, 'config.json');
  const old: OldSettings & { environment?: unknown } = JSON.parse(await readFile(path, 'utf8'));
  if (old.recipe === undefined) continue; // rewritten already
  const { version, recipe, limit, backend, threads, convolution } = old;
  const options = { ...(threads && { threads }), ...(convolution && { convolution }) };
  const environment = {
    residual: version,
    data: { name: 'fashion-mnist' },
    backend: { ...backend, options },
    imports: [],
  };
  const rewritten = { ...parseRunConfig(configOf(recipe, limit), path), environment };
  await writeFile(path, `${JSON.stringify(rewritten, null, 2)}\n`);
}

const shipped = join(root, 'apps', 'browser-webgpu', 'src', 'shipped', 'resnet20.safetensors');
const { tensors, metadata } = decodeSafetensors(await readFile(shipped), shipped);
if (metadata.recipe !== undefined) {
  const { task, training } = configOf(JSON.parse(metadata.recipe), null);
  const facts = { task: JSON.stringify(task), model: JSON.stringify(training.model) };
  await writeFile(shipped, encodeSafetensors(tensors, { format: 'residual-model', version: '2', ...facts }));
}
