import {
  NPY_START_BYTES,
  npyStart,
  type Part,
  type RawPicture,
  type Survey,
  type Task,
  taskSchema,
} from '@residual/data';
import * as v from 'valibot';
import { blocksOf, TAR_BLOCK, type TarEntry, tarHeader } from './tar.js';

/** The file that makes a folder one of shards. */
export const SHARDS_FILE = 'shards.json';

export const PARTS: readonly Part[] = ['train', 'validation', 'test'];

/** WebDataset's naming. */
export const shardName = (part: Part, shard: number): string =>
  `${part}-${String(shard).padStart(6, '0')}.tar`;

/** A file of a line in JSON for each picture of a part: a {@link ShardRow}. */
export const indexName = (part: Part): string => `${part}.jsonl`;

const whole = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const side = v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(2 ** 20));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 hexadecimal digits in lower case'));

/** Where a picture lies, and what is known of it. */
export const shardRowSchema = v.strictObject({
  shard: whole,
  /** Where in the shard its bytes begin, [height, width, channels]. */
  begin: whole,
  height: side,
  width: side,
  channels: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(4)),
  label: whole,
  /** Of its bytes. */
  crc32: v.pipe(whole, v.maxValue(2 ** 32 - 1)),
  /** The file that it comes from: its path in its source, the SHA-256 of its bytes, its size. */
  path: v.string(),
  sha256,
  originalHeight: side,
  originalWidth: side,
});

export type ShardRow = v.InferOutput<typeof shardRowSchema>;

const partSchema = v.strictObject({
  /** For messages, and by what a run knows its pictures. */
  name: v.pipe(v.string(), v.nonEmpty()),
  pictures: whole,
  /** Of the index. */
  sha256,
  /** The bytes of each shard. */
  shards: v.array(whole),
});

/** The file {@link SHARDS_FILE}. */
export interface ShardsHead {
  readonly format: 'residual-shards';
  readonly version: 1;
  /** What the pictures are for. */
  readonly task: Task;
  readonly survey: Survey;
  /** Whether the task's steps, but for those at the end that crop, leave all of them as they are. */
  readonly isFinal: boolean;
  readonly parts: { readonly [Name in Part]?: v.InferOutput<typeof partSchema> };
}

export const shardsHeadSchema: v.GenericSchema<unknown, ShardsHead> = v.strictObject({
  format: v.literal('residual-shards'),
  version: v.literal(1),
  task: taskSchema,
  survey: v.strictObject({
    count: whole,
    classCount: whole,
    medianShortSide: v.pipe(v.number(), v.minValue(0)),
    channels: v.picklist([1, 3]),
  }),
  isFinal: v.boolean(),
  parts: v.strictObject({
    train: partSchema,
    validation: v.optional(partSchema),
    test: v.optional(partSchema),
  }),
});

/** What is known of a picture before it is read. */
type Known = Pick<ShardRow, 'height' | 'width' | 'channels' | 'label'>;

/** From the beginning of a picture's entries to its bytes. */
export const BEFORE_BYTES = TAR_BLOCK + NPY_START_BYTES;

/** A picture's two entries, `.npy` and `.cls`, by its number in its part. */
export function entriesOf(number: number, { height, width, channels, label }: Known): [TarEntry, TarEntry] {
  const key = String(number).padStart(9, '0');
  return [
    { name: `${key}.npy`, bytes: NPY_START_BYTES + height * width * channels },
    { name: `${key}.cls`, bytes: String(label).length },
  ];
}

/** The bytes of both entries, headers and padding included. */
export function spanOf(entries: readonly TarEntry[]): number {
  return entries.reduce((sum, { bytes }) => sum + TAR_BLOCK + blocksOf(bytes), 0);
}

/** Both entries, as they are in a shard. */
export function encodeEntries(number: number, known: Known, { data }: RawPicture): Uint8Array {
  const [picture, label] = entriesOf(number, known);
  const bytes = new Uint8Array(spanOf([picture, label]));
  const second = spanOf([picture]);
  bytes.set(tarHeader(picture), 0);
  bytes.set(npyStart('|u1', [known.height, known.width, known.channels]), TAR_BLOCK);
  bytes.set(data, BEFORE_BYTES);
  bytes.set(tarHeader(label), second);
  bytes.set(Buffer.from(String(known.label), 'latin1'), second + TAR_BLOCK);
  return bytes;
}
