import { createHash } from 'node:crypto';
import { cp, readdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { dispose } from '@residual/blocks';
import type { DataParts } from '@residual/data';
import { type RunConfig, restoreModel, runParts, type WeightsToStart } from '@residual/runs';
import {
  bestCheckpoint,
  type Checkpoint,
  type CheckpointStorage,
  latestCheckpoint,
  type Position,
} from '@residual/trainer';
import { fileStorage } from '@residual/trainer/node';
import { makeFolder } from '@residual/weights/node';
import * as tf from '@tensorflow/tfjs-core';
import { type ArchitectureFile, architectureOf } from '../architecture.js';
import { TorchrunError } from '../error.js';
import { type NextStep, nextStep, whereItIs } from '../nextStep.js';
import { requireSupported } from '../supported.js';
import type { ArrayFacts } from './npyFile.js';
import { type ShardFiles, writePictures, writePlaces } from './pictureFiles.js';

/** What is copied as it is: of this package, wherever its code was built to. */
const PYTHON = join(
  dirname(createRequire(import.meta.url).resolve('@residual/torchrun/package.json')),
  'python',
);

export interface ScaleOutOptions {
  /** Of the run. */
  config: RunConfig;
  /** Its pictures. */
  data: DataParts;
  /** Its checkpoints, which are read; none yet: it begins over there. */
  checkpoints: CheckpointStorage;
  /** What its network begins with, where `training.weights` names some and there is no checkpoint yet. */
  weights?: WeightsToStart;
  /** The folder to write: an empty one, or none yet. */
  to: string;
  /** Where the pictures, or their shards, lie over there. Default: they are written into the folder; shards stay where they are. */
  dataAt?: string;
}

/** The file `handover.json`: what the other side checks before it trains. */
export interface HandedOver {
  readonly format: 'residual-handover';
  readonly version: 1;
  readonly position: Position;
  /** What this side computes next, and on which backend; null where no step is left of the last epoch. */
  readonly next: (NextStep & { readonly backend: string }) | null;
  readonly checkpoint: { readonly name: string; readonly sha256: string };
  readonly data: {
    /** Relative to the folder, or absolute. */
    readonly at: string;
    readonly files: Readonly<Record<string, ArrayFacts>>;
    /** What holds the bytes, where the run trains on shards: they stay where they are. */
    readonly shards?: ShardFiles;
  };
}

/**
 * Writes a run, wherever it is, into a folder in which PyTorch goes on with it: weights, statistics, the optimizer's slots, averages, order of
 * the pictures and schedule. With its `config.json`, which is its owner's to write, the folder is a run folder: what PyTorch saves
 * there can be resumed here.
 *
 * Computes a step on the active backend, to check the other side by.
 *
 * @throws TorchrunError `UNSUPPORTED` naming what PyTorch would not compute as we do, `RUN` for a run that is over, `FOLDER`; what
 *   `resumeRun` throws. Nothing is written then.
 *
 * @example
 * await scaleOut({ config, data, checkpoints: fileStorage('runs/mine/checkpoint'), to: 'cluster/mine' });
 */
export async function scaleOut(options: ScaleOutOptions): Promise<HandedOver> {
  const { config, data, to, dataAt } = options;
  requireSupported(config);
  await requireUnused(to);
  const storage = await whereItIs(config, data, options.checkpoints, options.weights);
  const checkpoint = (await latestCheckpoint(storage))!;
  const architecture = describe(checkpoint);
  const bytes = await storage.read(checkpoint.name);
  const next = await nextStep(config, data, storage);
  if (next === undefined && checkpoint.batch === 0) throw isOver(checkpoint);
  const best = await bestOf(options.checkpoints, checkpoint);

  await makeFolder(to);
  await cp(PYTHON, to, { recursive: true, filter: isOurs });
  const written = fileStorage(join(to, 'checkpoint'));
  if (best !== undefined) await written.write(best.name, best.bytes);
  await written.write(checkpoint.name, bytes);
  const parts = runParts(config, data);
  const folder = join(to, 'data');
  const { files, shards } =
    (await writePlaces(config, parts, folder)) ??
    (await writePictures(config, parts, dataAt === undefined ? folder : undefined));
  const { step, epoch, batch, name } = checkpoint;
  const handedOver: HandedOver = {
    format: 'residual-handover',
    version: 1,
    position: { step, epoch, batch },
    next: next === undefined ? null : { ...next, backend: tf.getBackend() },
    checkpoint: { name, sha256: createHash('sha256').update(bytes).digest('hex') },
    data: shards
      ? { at: 'data', files, shards: { ...shards, at: dataAt ?? shards.at } }
      : { at: dataAt ?? 'data', files },
  };
  await writeJson(join(to, 'architecture.json'), architecture);
  await writeJson(join(to, 'handover.json'), handedOver);
  return handedOver;
}

function isOver({ name }: Checkpoint): TorchrunError {
  return new TorchrunError('RUN', {
    where: name,
    expected: 'a run with steps left',
    received: 'one that is over',
    fix: 'Give it more epochs: withChanges(config, { epochs }) of @residual/runs.',
  });
}

function describe(checkpoint: Checkpoint): ArchitectureFile {
  const { model } = restoreModel(checkpoint);
  try {
    return architectureOf(model);
  } finally {
    dispose(model);
  }
}

/** The checkpoint of the best epoch, where it is another one: it stays the best until there is a better. */
async function bestOf(
  checkpoints: CheckpointStorage,
  latest: Checkpoint,
): Promise<{ name: string; bytes: Uint8Array } | undefined> {
  if (latest.best === undefined || latest.best.step === latest.step) return undefined;
  const best = await bestCheckpoint(checkpoints);
  return best && { name: best.name, bytes: await checkpoints.read(best.name) };
}

/** @throws TorchrunError `FOLDER` */
async function requireUnused(path: string): Promise<void> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (names.length === 0) return;
  throw new TorchrunError('FOLDER', {
    where: path,
    expected: 'an empty folder, or none yet',
    received: `one with ${names.length} files`,
    fix: 'Choose another one.',
  });
}

/** No caches of Python's tools. */
function isOurs(path: string): boolean {
  return !/^(__pycache__|\..*)$/.test(basename(path));
}

function writeJson(path: string, value: unknown): Promise<void> {
  return writeFile(path, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx' });
}
