import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import {
  DataError,
  defineSource,
  type LoadOptions,
  newLabels,
  npyStart,
  type Part,
  type PictureSource,
  type RawPicture,
  type Step,
  type Task,
  validate,
} from '@residual/data';
import { ByteFile } from '@residual/data/node';
import * as v from 'valibot';
import { keptKey } from '../pack/storedForm.js';
import { uncroppedRows } from '../step.js';
import { inTurns } from './inTurns.js';
import {
  BEFORE_BYTES,
  entriesOf,
  indexName,
  SHARDS_FILE,
  type ShardRow,
  type ShardsHead,
  shardName,
  shardRowSchema,
  shardsHeadSchema,
  spanOf,
} from './shardFormat.js';
import { requireEntry, TAR_BLOCK, TAR_END } from './tar.js';

const [MOST_HEAD, MOST_INDEX] = [2 ** 26, 2 ** 32];
const FIX = 'Copy the shards again, or write them anew.';

/**
 * A row of the source `shards`: the folder `path` that `writeShards` wrote. Pictures are read where they lie, each when it is
 * needed, and compared with what the index says of them; nothing is unpacked or decoded.
 *
 * @example
 * const { train, task } = await loadSource(shardsSource({ path: 'photos-shards' }));
 */
export const shardsSource = defineSource({
  name: 'shards',
  parameters: v.strictObject({ path: v.pipe(v.string(), v.nonEmpty()) }),
  load: async ({ path }, options) => {
    const head = await readHead(path);
    const task = taskFor(head, path, options);
    const part = (name: Part) => head.parts[name] && partOf(path, name, head, task);
    const [train, validation, test] = [await part('train'), await part('validation'), await part('test')];
    return { train: train!, ...(validation && { validation }), ...(test && { test }), task };
  },
});

async function readHead(path: string): Promise<ShardsHead> {
  const where = join(path, SHARDS_FILE);
  const file = await ByteFile.at(where, 'the file that tells of shards');
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(await file.whole(MOST_HEAD)).toString());
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw wrong(where, 'JSON', 'something else');
  }
  return validate(shardsHeadSchema, value, where, { fix: FIX });
}

/** Other steps of a recipe, where the pictures are kept alike for them: these cut out another piece. */
function taskFor({ task, survey }: ShardsHead, path: string, { fit, onRemark }: LoadOptions): Task {
  const chosen = fit?.(survey);
  if (chosen === undefined) return task;
  if (keptKey(chosen.steps) === keptKey(task.steps)) {
    return { ...task, picture: chosen.picture, steps: chosen.steps };
  }
  const size = ({ height, width }: Task['picture']) => `${height}x${width}`;
  (onRemark ?? process.emitWarning)(
    `The pictures of ${path} were made for ${size(task.picture)}, which it stays; ${size(chosen.picture)} as chosen would need shards of their own.`,
  );
  return task;
}

async function partOf(path: string, part: Part, head: ShardsHead, task: Task): Promise<PictureSource> {
  const { name, pictures: length, sha256, shards } = head.parts[part]!;
  const where = join(path, indexName(part));
  const files = await Promise.all(shards.map((bytes, i) => openShard(join(path, shardName(part, i)), bytes)));
  const index = new Lines(
    await (await ByteFile.at(where, "an index of a part's pictures")).whole(MOST_INDEX),
  );
  if (index.sha256 !== sha256)
    throw wrong(where, 'the index as it was written', 'another one, or a damaged one');
  if (index.length !== length) throw wrong(where, `${length} lines`, String(index.length));
  const labels = newLabels(task.classNames.length, length);
  let [shard, at] = [-1, 0];
  for (let i = 0; i < length; i++) {
    const line = `${where} line ${i + 1}`;
    const row = validate(shardRowSchema, index.at(i), line, { fix: FIX });
    if (row.label >= task.classNames.length) throw wrong(line, 'a label of a class', String(row.label));
    labels[i] = row.label;
    if (row.shard === shard + 1) {
      if (shard >= 0) requireEnd(files[shard]!, at);
      [shard, at] = [row.shard, 0];
    }
    // Entries lie side by side: nothing can be between them that no line tells of.
    if (row.shard !== shard || row.begin !== at + BEFORE_BYTES || shard >= files.length) {
      throw wrong(line, `shard ${shard}, byte ${at + BEFORE_BYTES}`, `shard ${row.shard}, byte ${row.begin}`);
    }
    at += spanOf(entriesOf(i, row));
  }
  if (shard >= 0) requireEnd(files[shard]!, at);
  if (shard + 1 !== files.length) throw wrong(where, `pictures in ${files.length} shards`, String(shard + 1));
  const row = (i: number) => index.at(i) as ShardRow;
  const isFinal = head.isFinal && sameRows(uncroppedRows(task.steps), uncroppedRows(head.task.steps));
  return {
    name,
    length,
    labels,
    classNames: task.classNames,
    steps: task.steps,
    read: async (indices) => {
      const read = new Array<RawPicture>(indices.length);
      await inTurns(indices.length, async (i) => {
        const found = row(indices[i]!);
        read[i] = await readPicture(files[found.shard]!, indices[i]!, found);
      });
      return read;
    },
    origin: (i) => {
      const { path: file, sha256: ofFile, originalHeight, originalWidth, shard, ...stored } = row(i);
      const { label: _, ...place } = stored;
      return {
        path: file,
        sha256: ofFile,
        height: originalHeight,
        width: originalWidth,
        ...(isFinal && { stored: { file: resolve(files[shard]!.path), ...place } }),
      };
    },
  };
}

const sameRows = (a: readonly Step[], b: readonly Step[]) => JSON.stringify(a) === JSON.stringify(b);

async function openShard(path: string, bytes: number): Promise<ByteFile> {
  const file = await ByteFile.at(path, 'a shard');
  if (file.size !== bytes) throw wrong(path, `${bytes} bytes`, `${file.size}`);
  return file;
}

function requireEnd({ path, size }: ByteFile, at: number): void {
  if (size !== at + TAR_END)
    throw wrong(path, `its end after ${at} bytes of pictures`, `${size} bytes in all`);
}

/** A picture's bytes, when its entries are those that the index tells of. */
async function readPicture(file: ByteFile, number: number, row: ShardRow): Promise<RawPicture> {
  const { begin, height, width, channels, label } = row;
  const entries = entriesOf(number, row);
  const where = `${file.path}: ${entries[0].name}`;
  const start = begin - BEFORE_BYTES;
  const bytes = await file.use(() => file.read(start, spanOf(entries)));
  const [ofPicture, ofLabel] = entries;
  requireEntry(bytes.subarray(0, TAR_BLOCK), ofPicture, where);
  const second = spanOf([ofPicture]);
  requireEntry(bytes.subarray(second, second + TAR_BLOCK), ofLabel, `${file.path}: ${ofLabel.name}`);
  const text = Buffer.from(bytes.subarray(second + TAR_BLOCK, second + TAR_BLOCK + ofLabel.bytes)).toString(
    'latin1',
  );
  if (text !== String(label))
    throw wrong(`${file.path}: ${ofLabel.name}`, `the class ${label}`, JSON.stringify(text));
  const npy = Buffer.from(npyStart('|u1', [height, width, channels]));
  const data = bytes.subarray(BEFORE_BYTES, BEFORE_BYTES + height * width * channels);
  if (!npy.equals(bytes.subarray(TAR_BLOCK, BEFORE_BYTES)) || crc32(data) !== row.crc32) {
    throw wrong(where, 'the picture that was written', 'other bytes');
  }
  return { data, height, width };
}

/** The lines of a file of JSON, parsed when they are asked for: so they take no more memory than the file. */
class Lines {
  readonly sha256: string;
  readonly length: number;
  readonly #bytes: Buffer;
  readonly #ends: Float64Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    this.sha256 = createHash('sha256').update(this.#bytes).digest('hex');
    const ends: number[] = [];
    for (let end = this.#bytes.indexOf(10); end >= 0; end = this.#bytes.indexOf(10, end + 1)) ends.push(end);
    this.#ends = Float64Array.from(ends);
    this.length = ends.length;
  }

  /** @returns undefined for a line that is no JSON */
  at(i: number): unknown {
    const text = this.#bytes.toString('utf8', i === 0 ? 0 : this.#ends[i - 1]! + 1, this.#ends[i]);
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }
}

function wrong(where: string, expected: string, received: string): DataError {
  return new DataError('FORMAT', { where, expected, received, fix: FIX });
}
