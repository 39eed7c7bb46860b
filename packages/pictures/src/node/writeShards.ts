import { createHash } from 'node:crypto';
import { type FileHandle, open, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  DataError,
  datasetSource,
  isSource,
  type LoadedData,
  type Part,
  type PictureSource,
  type RawPicture,
} from '@residual/data';
import { makeFolder } from '@residual/weights/node';
import { channelsOf } from '../grey.js';
import { isSame } from '../pack/storedForm.js';
import { stepsOf, uncroppedRows } from '../step.js';
import {
  BEFORE_BYTES,
  encodeEntries,
  indexName,
  PARTS,
  SHARDS_FILE,
  type ShardRow,
  type ShardsHead,
  shardName,
} from './shardFormat.js';
import { TAR_END } from './tar.js';

export interface WriteShardsOptions {
  /** A shard ends with the picture that makes it as large as this. Default 1 GiB, as WebDataset advises. */
  shardBytes?: number;
  /** Called now and then with the number of pictures. */
  onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
  signal?: AbortSignal;
}

/** What was written. */
export interface WrittenShards {
  readonly pictures: number;
  readonly shards: number;
  readonly bytes: number;
}

/** Pictures that are read together. */
const BATCH = 64;

/**
 * Writes loaded pictures into tar shards in WebDataset's naming: of each picture a `.npy` of its bytes as the task's steps leave them
 * before they crop, and a `.cls` of its class number. The source `shards` reads them where they lie, in the same order, to the same bytes.
 *
 * @param to the folder: an empty one, or none yet
 * @throws DataError `ARGUMENT` for a folder that is in use; what reading a picture throws; the system's error where it can't be
 *   written; the signal's reason. Nothing is left then.
 *
 * @example
 * await writeShards(await loadSource(await sourceOf('photos')), 'photos-shards');
 */
export async function writeShards(
  data: LoadedData,
  to: string,
  options: WriteShardsOptions = {},
): Promise<WrittenShards> {
  const { task } = data;
  await makeFolder(to);
  await requireEmpty(to);
  const given = PARTS.flatMap((part) => {
    const pictures = data[part];
    if (pictures === undefined) return [];
    return [[part, isSource(pictures) ? pictures : datasetSource(pictures)] as const];
  });
  const total = given.reduce((sum, [, { length }]) => sum + length, 0);
  const sides: number[] = [];
  const parts: { [Name in Part]?: ShardsHead['parts'][Name] } = {};
  let [done, isFinal] = [0, true];
  try {
    const fit = stepsOf(uncroppedRows(task.steps));
    for (const [part, source] of given) {
      const writer = new PartWriter(to, part, options.shardBytes ?? 2 ** 30);
      try {
        for await (const [i, picture] of inOrder(source, options.signal)) {
          const made = fit(picture);
          const isDone = isSame(fit(made), made);
          if (!isDone) isFinal = false;
          const kept = isDone ? made : picture;
          const row = await writer.add(source, i, kept);
          sides.push(Math.min(row.originalHeight, row.originalWidth));
          if (++done % BATCH === 0 || done === total) options.onProgress?.({ done, total });
        }
        parts[part] = await writer.finish(source);
      } finally {
        await writer.close();
      }
    }
    const head: ShardsHead = {
      format: 'residual-shards',
      version: 1,
      task,
      survey: {
        count: total,
        classCount: task.classNames.length,
        medianShortSide: sides.sort((a, b) => a - b)[sides.length >> 1] ?? 0,
        channels: task.picture.channels,
      },
      isFinal,
      parts,
    };
    // The last: a folder without it is none of shards.
    await writeFile(join(to, SHARDS_FILE), `${JSON.stringify(head, null, 2)}\n`, { flag: 'wx' });
    const shards = Object.values(parts).flatMap((part) => part.shards);
    return { pictures: total, shards: shards.length, bytes: shards.reduce((sum, bytes) => sum + bytes, 0) };
  } catch (error) {
    for (const name of await readdir(to)) await rm(join(to, name), { force: true });
    throw error;
  }
}

/** A part's shards and its index, as they grow. */
class PartWriter {
  readonly #to: string;
  readonly #part: Part;
  readonly #shardBytes: number;
  readonly #hash = createHash('sha256');
  readonly #shards: number[] = [];
  #index: FileHandle | undefined;
  #shard: FileHandle | undefined;
  /** Of the shard that is open. */
  #at = 0;

  constructor(to: string, part: Part, shardBytes: number) {
    this.#to = to;
    this.#part = part;
    this.#shardBytes = shardBytes;
  }

  async add(source: PictureSource, i: number, picture: RawPicture): Promise<ShardRow> {
    const { data, height, width } = picture;
    this.#index ??= await open(join(this.#to, indexName(this.#part)), 'wx');
    this.#shard ??= await open(join(this.#to, shardName(this.#part, this.#shards.length)), 'wx');
    const known = { height, width, channels: channelsOf(picture), label: source.labels[i]! };
    const origin = source.origin?.(i);
    const row: ShardRow = {
      shard: this.#shards.length,
      begin: this.#at + BEFORE_BYTES,
      ...known,
      crc32: crc32(data),
      path: origin?.path ?? `${this.#part}/${i}`,
      sha256: origin?.sha256 ?? createHash('sha256').update(data).digest('hex'),
      originalHeight: origin?.height ?? height,
      originalWidth: origin?.width ?? width,
    };
    const bytes = encodeEntries(i, known, picture);
    await this.#shard.appendFile(bytes);
    this.#at += bytes.length;
    const line = `${JSON.stringify(row)}\n`;
    this.#hash.update(line);
    await this.#index.appendFile(line);
    if (this.#at >= this.#shardBytes) await this.#endShard();
    return row;
  }

  async finish({ name, length }: PictureSource): Promise<NonNullable<ShardsHead['parts'][Part]>> {
    await this.#endShard();
    await this.#index?.sync();
    return { name, pictures: length, sha256: this.#hash.digest('hex'), shards: this.#shards };
  }

  async close(): Promise<void> {
    await this.#shard?.close();
    await this.#index?.close();
  }

  async #endShard(): Promise<void> {
    if (this.#shard === undefined) return;
    await this.#shard.appendFile(new Uint8Array(TAR_END));
    await this.#shard.sync();
    await this.#shard.close();
    this.#shard = undefined;
    this.#shards.push(this.#at + TAR_END);
    this.#at = 0;
  }
}

async function* inOrder(
  source: PictureSource,
  signal: AbortSignal | undefined,
): AsyncGenerator<[number, RawPicture]> {
  for (let first = 0; first < source.length; first += BATCH) {
    signal?.throwIfAborted();
    const length = Math.min(BATCH, source.length - first);
    const pictures = await source.read(Uint32Array.from({ length }, (_, i) => first + i));
    for (const [i, picture] of pictures.entries()) yield [first + i, picture];
  }
}

async function requireEmpty(path: string): Promise<void> {
  const names = await readdir(path);
  if (names.length === 0) return;
  throw new DataError('ARGUMENT', {
    where: path,
    expected: 'an empty folder, or none yet',
    received: `one with ${names.length} files`,
    fix: 'Choose another one.',
  });
}
