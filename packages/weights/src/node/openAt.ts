import { type FileHandle, open, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { WeightsError } from '../error.js';
import { type HubModel, parseHubConfig } from '../names/hub.js';
import { openWeights } from '../open.js';
import { openShards } from '../shards.js';
import type { ByteSource, WeightsFile } from '../stored.js';
import { readAtMost } from './readAtMost.js';

const CONFIG = 'config.json';
const PREPROCESSOR = 'preprocessor_config.json';
const INDEX = '.index.json';
/** In the order in which they are looked for. */
const NAMES = ['model.safetensors', `model.safetensors${INDEX}`, 'pytorch_model.bin'];
const MOST_JSON_BYTES = 32_000_000;

export interface OpenedWeights {
  file: WeightsFile;
  /** What `config.json` beside the weights says, where a folder was opened that the Hugging Face Hub's tools wrote. */
  declared: HubModel | undefined;
  /** Where the weights themselves lie: one file, or shards in the order of their index. */
  paths: readonly string[];
  /** Closes the files; no tensor can be read after that. */
  close(): Promise<void>;
}

/**
 * Opens a file of weights, the index of several, or a folder in the Hugging Face Hub's layout: `config.json` beside
 * `model.safetensors`, its shards, or `pytorch_model.bin`. Values are read when they are asked for.
 *
 * @throws WeightsError as `openWeights` and `parseHubConfig`; the file system's errors.
 *
 * @example
 * const { file, declared, close } = await openWeightsAt('resnet50');
 */
export async function openWeightsAt(path: string): Promise<OpenedWeights> {
  const files = new OpenFiles();
  try {
    const isFolder = (await stat(path)).isDirectory();
    const weights = isFolder ? await weightsIn(path) : path;
    const file = weights.endsWith(INDEX)
      ? await openShards(await readText(weights), weights, (name) => files.open(join(dirname(weights), name)))
      : await files.open(weights);
    // A file of ours says in its metadata what it is; beside it, a run's config.json means something else.
    const config = isFolder && file.metadata.format !== 'residual-model' ? join(path, CONFIG) : undefined;
    const declared = config === undefined ? undefined : await declaredBy(config, join(path, PREPROCESSOR));
    return { file, declared, paths: files.paths, close: () => files.close() };
  } catch (error) {
    await files.close();
    throw error;
  }
}

async function declaredBy(config: string, preprocessor: string): Promise<HubModel> {
  const prepared = (await isFile(preprocessor)) ? await readText(preprocessor) : undefined;
  return parseHubConfig(await readText(config), config, prepared);
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (facts) => facts.isFile(),
    () => false,
  );
}

async function weightsIn(folder: string): Promise<string> {
  for (const path of NAMES.map((name) => join(folder, name))) {
    if (await isFile(path)) return path;
  }
  throw new WeightsError('FORMAT', {
    where: folder,
    expected: `a folder with ${NAMES.join(', ')}`,
    received: 'one without',
    fix: 'Give the file with the weights.',
  });
}

async function readText(path: string): Promise<string> {
  const tooLong = (received: string) =>
    new WeightsError('LIMIT', {
      where: path,
      expected: `at most ${MOST_JSON_BYTES} bytes`,
      received,
      fix: 'Check where the file comes from.',
    });
  return new TextDecoder().decode(await readAtMost(path, MOST_JSON_BYTES, tooLong));
}

/** Files that are read by position, until all are closed. */
class OpenFiles {
  readonly paths: string[] = [];
  readonly #handles: FileHandle[] = [];

  async open(path: string): Promise<WeightsFile> {
    const handle = await open(path);
    this.#handles.push(handle);
    this.paths.push(path);
    return openWeights(await sourceOf(handle, path));
  }

  async close(): Promise<void> {
    for (const handle of this.#handles.splice(0)) await handle.close();
  }
}

async function sourceOf(handle: FileHandle, path: string): Promise<ByteSource> {
  const { size } = await handle.stat();
  const read = async (begin: number, end: number) => {
    const bytes = new Uint8Array(end - begin);
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await handle.read(bytes, at, bytes.length - at, begin + at);
      if (bytesRead === 0) throw shorter(path, end);
      at += bytesRead;
    }
    return bytes;
  };
  return { name: basename(path), size, read };
}

function shorter(path: string, size: number): WeightsError {
  return new WeightsError('FORMAT', {
    where: path,
    expected: `at least ${size} bytes, as it had`,
    received: 'fewer: it has changed since it was opened',
    fix: 'Leave the file alone while it is in use, and begin again.',
  });
}
