import '@tensorflow/tfjs-backend-cpu';
import { rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { preprocessingOf } from '@residual/pretrained';
import { finiteTensors, fitNetwork, streamModel } from '@residual/runs';
import {
  describeLoad,
  requireArchitecture,
  requireWhole,
  type StoredTensor,
  streamSafetensors,
  timmConfig,
  torchvisionTensors,
} from '@residual/weights';
import { makeFolder, writeWhole } from '@residual/weights/node';
import * as tf from '@tensorflow/tfjs-core';
import { quietTensorflow } from '../backends.js';
import { CommandError } from '../error.js';
import { exists } from '../exists.js';
import { importFiles } from '../imports.js';
import { print, printJson, shellQuote } from '../output.js';
import { type NamedWeights, openNamed, requireTask, type WeightsWords } from '../weights/named.js';

export type NameOption = 'ours' | 'torchvision' | 'timm';

export interface ConvertOptions extends WeightsWords {
  names: NameOption;
  import?: string[];
  json?: boolean;
  verbose?: boolean;
}

/** What was written, and how to read it elsewhere. */
interface Written {
  bytes: number;
  try: string;
  notes: string[];
}

/**
 * Writes weights of any library under the names of another: ours, with the task; torchvision's, one file; timm's, a folder. One
 * tensor is in memory at a time.
 */
export async function convert(
  input: string,
  output: string,
  { names, import: files, json, verbose, ...words }: ConvertOptions,
): Promise<void> {
  quietTensorflow(verbose);
  // Nothing is computed: tfjs's own backend holds the shapes.
  await tf.setBackend('cpu');
  await importFiles(files ?? []);
  requireExtension(output, names);
  await requireFree(output);
  const weights = await openNamed(input, words);
  try {
    const { tensors, report } = fitNetwork(weights.file, weights);
    if (!json) for (const line of describeLoad(report)) print(line);
    requireWhole(report);
    const written = await WRITERS[names](weights, finiteTensors(tensors, input), { input, output });
    if (json) return printJson({ input, output, names, model: weights.model.name, ...written, report });
    print(
      `hash        ${weights.checked === undefined ? 'not compared with anything' : `begins with ${weights.checked}, as published`}`,
    );
    for (const note of written.notes) print(`note        ${note}`);
    print(`wrote       ${output}, ${weights.model.name}, ${(written.bytes / 1e6).toFixed(1)} MB`);
    print(`try         ${written.try}`);
  } finally {
    await weights.close();
  }
}

type Tensors = ReadonlyMap<string, StoredTensor>;
type Paths = { input: string; output: string };

const WRITERS: Record<
  NameOption,
  (weights: NamedWeights, tensors: Tensors, paths: Paths) => Promise<Written>
> = {
  async ours(weights, tensors, { input, output }) {
    const facts = { task: requireTask(weights, input), model: weights.model };
    await makeFolder(dirname(output));
    const bytes = await writeWhole(output, streamModel(tensors, facts));
    return { bytes, notes: [], try: `residual predict PICTURE --weights ${shellQuote(output)}` };
  },

  async torchvision({ model, numClasses }, tensors, { output }) {
    const architecture = requireArchitecture(model.name, 'torchvision');
    await makeFolder(dirname(output));
    const bytes = await writeWhole(output, streamSafetensors(torchvisionTensors(tensors), { format: 'pt' }));
    const python = `torchvision.models.${architecture}(num_classes=${numClasses}).load_state_dict(safetensors.torch.load_file(${JSON.stringify(output)}))`;
    return {
      bytes,
      notes: ['it holds no task: class names and the size of pictures stay with the run'],
      try: python,
    };
  },

  async timm({ model, numClasses, channels, task }, tensors, { output }) {
    const preprocessing = task && preprocessingOf(task);
    const classNames = task?.classNames;
    const config = timmConfig({ model: model.name, numClasses, channels, classNames, preprocessing });
    const text = `${JSON.stringify(config, null, 2)}\n`;
    const file = join(output, 'model.safetensors');
    await makeFolder(output);
    const bytes = await writeWhole(
      file,
      streamSafetensors(torchvisionTensors(tensors), { format: 'pt' }),
    ).catch(async (error: unknown) => {
      await rmdir(output);
      throw error;
    });
    await writeWhole(join(output, 'config.json'), [new TextEncoder().encode(text)]);
    const notes = preprocessing
      ? []
      : ['config.json says nothing of how pictures are prepared: timm has no words for it'];
    return {
      bytes,
      notes,
      try: `timm.create_model(${JSON.stringify(`local-dir:${output}`)}, pretrained=True)`,
    };
  },
};

function requireExtension(output: string, names: NameOption): void {
  const isFolder = names === 'timm';
  if (isFolder !== output.endsWith('.safetensors')) return;
  throw new CommandError('USAGE', {
    where: 'OUT',
    expected: isFolder ? 'a folder to make' : 'a file whose name ends in .safetensors',
    received: output,
    fix: isFolder
      ? 'timm reads a folder with config.json and model.safetensors.'
      : 'Nothing else is written; PyTorch reads it by safetensors.torch.load_file.',
  });
}

/** @throws CommandError `FILE` when something is there already. */
async function requireFree(path: string): Promise<void> {
  if (!(await exists(path))) return;
  throw new CommandError('FILE', {
    where: path,
    expected: 'a name that is free',
    received: 'something of that name',
    fix: 'Choose another name, or move it away.',
  });
}
