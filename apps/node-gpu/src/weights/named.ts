import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Piece, parseTask, type Task } from '@residual/data';
import {
  findPretrained,
  findShipped,
  imageNetClassNames,
  type PretrainedRow,
  pretrainedRows,
  pretrainedTask,
  taskOfPreprocessing,
} from '@residual/pretrained';
import { shippedPath } from '@residual/pretrained/node';
import { isModelFile, modelFacts } from '@residual/runs';
import { type HubModel, sizesOf, type WeightsFile } from '@residual/weights';
import { openWeightsAt } from '@residual/weights/node';
import { CommandError } from '../error.js';
import { exists } from '../exists.js';
import { hubFolder } from '../hub/hub.js';
import { isHubReference, parseHubReference } from '../hub/reference.js';
import { modelNamed } from '../named.js';

/** A file of weights, and what network it is: by what it declares, else by what the user says. */
export interface NamedWeights {
  /** Where they lie: of the Hugging Face Hub, in its cache. */
  place: string;
  file: WeightsFile;
  /** Of the file, or of several one after the other; read once, when it is asked for. 64 hexadecimal digits. */
  sha256(): Promise<string>;
  model: Piece;
  channels: number;
  numClasses: number;
  /** Undefined where neither the file nor the user says one. */
  task: Task | undefined;
  /** What its hash was compared with: the digits in the name of a published file. */
  checked: string | undefined;
  close(): Promise<void>;
}

export interface WeightsWords {
  /** `--model`: a pretrained row, or a network alone. */
  model?: string;
  /** `--task`: a pretrained row, or a file. */
  task?: string;
}

/** The facts that a file or a user states. */
type Facts = Pick<NamedWeights, 'model' | 'task'> & Partial<Pick<NamedWeights, 'channels' | 'numClasses'>>;

/**
 * Opens a file or folder of weights, or fetches it: `hf://owner/name`. What network it is says its metadata or its `config.json`; a file without either is what `--model`
 * says, never what its names and shapes look like.
 *
 * @throws CommandError `USAGE` when nothing says it, or the words say another than the file; WeightsError as `openWeightsAt`.
 */
export async function openNamed(
  path: string,
  words: WeightsWords,
  signal?: AbortSignal,
): Promise<NamedWeights> {
  const place = await placeOf(path, signal);
  const { file, declared, paths, close } = await openWeightsAt(place);
  try {
    const row = words.model === undefined ? undefined : findPretrained(words.model);
    const facts = factsOf(file, declared, path) ?? wordsOf(words.model, row, path);
    requireSame(words.model, row, facts.model, path);
    const task = words.task === undefined ? facts.task : await taskNamed(words.task);
    const sizes = sizesOf(file);
    const channels = task?.picture.channels ?? facts.channels ?? sizes?.channels ?? 3;
    const numClasses = task?.classNames.length ?? facts.numClasses ?? sizes?.numClasses ?? 1000;
    let hash: Promise<string> | undefined;
    const sha256 = () => (hash ??= sha256Of(paths));
    const checked = await checkDigits(path, row, sha256);
    return { place, file, sha256, model: facts.model, channels, numClasses, task, checked, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where weights lie that are named so: a path, a row that comes with the packages, or what is fetched. */
async function placeOf(what: string, signal: AbortSignal | undefined): Promise<string> {
  if (isHubReference(what)) return hubFolder(what, { signal });
  const shipped = findShipped(what);
  return shipped === undefined || (await exists(what)) ? what : shippedPath(shipped);
}

/** What the file says of itself, if it does. */
function factsOf(file: WeightsFile, declared: HubModel | undefined, path: string): Facts | undefined {
  if (isModelFile(file.metadata)) return modelFacts(file.metadata, path);
  if (declared === undefined) return undefined;
  const { model, channels, numClasses, preprocessing } = declared;
  const isImageNet = declared.classNames === undefined && numClasses === imageNetClassNames.length; // as timm takes it
  const classNames = isImageNet ? imageNetClassNames : declared.classNames;
  const dataName = isImageNet
    ? 'imagenet-1k'
    : isHubReference(path)
      ? parseHubReference(path).name
      : basename(path);
  const isPlain = channels === 1 || channels === 3;
  const task =
    preprocessing && classNames && isPlain
      ? taskOfPreprocessing(preprocessing, { classNames, channels, dataName })
      : undefined;
  return { model: { name: model }, channels, numClasses, task };
}

/** What the user says of a file that says nothing. */
function wordsOf(model: string | undefined, row: PretrainedRow | undefined, path: string): Facts {
  if (row !== undefined) return { model: { name: row.model }, task: pretrainedTask(row) };
  if (model !== undefined) {
    const { name, version } = modelNamed(model, '--model');
    return { model: { name, ...(version !== undefined && { version }) }, task: undefined };
  }
  const published = pretrainedRows.find(({ file }) => file === basename(path));
  throw new CommandError('USAGE', {
    where: path,
    expected: 'a file that says which network it is, or --model',
    received: 'neither',
    fix:
      published === undefined
        ? 'Say it by --model: a row of `residual weights`, or a network of `residual summary`. Names and shapes alone do not tell.'
        : `If it is the published file of this name, say so: --model ${published.name}.`,
  });
}

function requireSame(
  said: string | undefined,
  row: PretrainedRow | undefined,
  model: Piece,
  path: string,
): void {
  const name = said === undefined ? model.name : (row?.model ?? modelNamed(said, '--model').name);
  if (name === model.name) return;
  throw new CommandError('USAGE', {
    where: '--model',
    expected: `${model.name}, which ${path} says it is`,
    received: said!,
    fix: 'Leave --model out.',
  });
}

/**
 * The task that `--task` names: of a pretrained row, or in a file: a task's own JSON, a run's config.json, or a model file.
 *
 * @throws CommandError `USAGE` when it is neither; DataError when the file's task makes no sense.
 */
async function taskNamed(what: string): Promise<Task> {
  const row = findPretrained(what);
  if (row !== undefined) return pretrainedTask(row);
  if (what.endsWith('.safetensors')) {
    const { file, close } = await openWeightsAt(what);
    await close();
    return modelFacts(file.metadata, what).task;
  }
  const text = await readFile(what, 'utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const fix = 'Name a row of `residual weights`, a config.json of a run, or a file with a task alone.';
    throw new CommandError(
      'USAGE',
      { where: `--task ${what}`, expected: 'JSON', received: 'something else', fix },
      { cause },
    );
  }
  const run = (value ?? {}) as { task?: unknown };
  return parseTask(run.task ?? value, what);
}

/**
 * Compares a published file's SHA-256 with the digits in its name. A file of another name is the user's own, and isn't checked.
 *
 * @returns the digits, where they were compared
 * @throws CommandError `FILE` when they differ.
 */
async function checkDigits(
  path: string,
  row: PretrainedRow | undefined,
  sha256: () => Promise<string>,
): Promise<string | undefined> {
  if (row?.sha256 == null || basename(path) !== row.file) return undefined;
  const digest = await sha256();
  if (digest.startsWith(row.sha256)) return row.sha256;
  throw new CommandError('FILE', {
    where: path,
    expected: `a SHA-256 that begins with ${row.sha256}, as its name says`,
    received: digest.slice(0, row.sha256.length),
    fix: 'The file is damaged or incomplete, or another one: download it again.',
  });
}

async function sha256Of(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for await (const piece of createReadStream(path)) hash.update(piece as Uint8Array);
  }
  return hash.digest('hex');
}

/** The task, which what is asked for can't do without. @throws CommandError `USAGE` */
export function requireTask({ task, model }: NamedWeights, path: string): Task {
  if (task !== undefined) return task;
  throw new CommandError('USAGE', {
    where: path,
    expected: 'a task: how pictures are prepared, and what the classes are called',
    received: `${model.name} alone`,
    fix: 'Say it by --task ROW|FILE, or name a row of `residual weights` by --model.',
  });
}

/**
 * Makes sure that a run and a file of weights aren't both named, and that words about a file have one.
 *
 * @throws CommandError `USAGE`
 */
export function requireNoRun(
  run: string | undefined,
  { weights, model, task }: WeightsWords & { weights?: string },
): void {
  const fix = 'Leave one of them out.';
  if (run !== undefined && weights !== undefined) {
    throw new CommandError('USAGE', {
      where: '--weights',
      expected: 'none beside --run',
      received: weights,
      fix,
    });
  }
  const word = model === undefined ? '--task' : '--model';
  if (weights !== undefined || (model ?? task) === undefined) return;
  throw new CommandError('USAGE', {
    where: word,
    expected: '--weights beside it',
    received: 'none',
    fix: 'Name a file by --weights.',
  });
}
