import { DataError, parseTask, validate } from '@residual/data';
import * as v from 'valibot';
import { COLUMNS, type Columns, type PackHead, PackIndex } from './packIndex.js';

/**
 * A pack, all numbers little-endian:
 *
 * - 16 bytes: `MAGIC`, the version as a uint32, four zeros;
 * - the pixels of each picture, one after another, in the order of the index;
 * - the index: a uint32 with the length of the head; the head, JSON in UTF-8, and zeros up to a multiple of 8; the columns of
 *   `COLUMNS`, one after another; all paths;
 * - 48 bytes: where the index begins and how many pictures it has, as float64; the SHA-256 of the index and of these two.
 *
 * The index has the checksum of each picture's pixels, so that the hash at the end vouches for every byte of the file.
 */
const VERSION = 1;
export const HEADER_BYTES = 16;
/** As PNG's: a byte that is no text, a name, and line ends that a careless copy would change. */
const MAGIC = Uint8Array.of(0x89, 0x52, 0x50, 0x4b, 0x0d, 0x0a, 0x1a, 0x0a);
const END_BYTES = 48;
/** Of an index that anyone has made: 8 million pictures. */
const MOST_INDEX_BYTES = 2 ** 31;

/** A pack's bytes, wherever they lie. */
export interface PackBytes {
  /** For messages: the file. */
  readonly where: string;
  readonly size: number;
  /** Exactly these bytes. */
  read(position: number, length: number): Promise<Uint8Array<ArrayBuffer>>;
}

export function packHeader(): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(HEADER_BYTES);
  header.set(MAGIC);
  new DataView(header.buffer).setUint32(MAGIC.length, VERSION, true);
  return header;
}

/** Whether a file that begins so is a pack, of whatever version. */
export function isPackStart(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, i) => bytes[i] === byte);
}

/** A hash that takes its bytes piece by piece, which WebCrypto's does not: Node's is one. */
export interface PieceHash {
  update(piece: Uint8Array): unknown;
  digest(): Uint8Array;
}

/** What follows the pixels, which end at `position`, in pieces: an index of very many pictures is not copied to be written. */
export function* packEnd(index: PackIndex, position: number, sha256: PieceHash): Generator<Uint8Array> {
  for (const piece of signedPieces(index, position)) {
    sha256.update(piece);
    yield piece;
  }
  yield sha256.digest();
}

function* signedPieces(index: PackIndex, position: number): Generator<Uint8Array> {
  const { length } = index;
  const head = new TextEncoder().encode(JSON.stringify(index.head));
  const start = new Uint8Array(columnsAt(head.length));
  new DataView(start.buffer).setUint32(0, head.length, true);
  start.set(head, 4);
  yield start;
  for (const [name, { each }] of Object.entries(COLUMNS)) {
    const { buffer, byteOffset, byteLength } = index.columns[name as keyof Columns].subarray(
      0,
      length * each,
    );
    yield new Uint8Array(buffer, byteOffset, byteLength);
  }
  yield index.paths.bytes.subarray(0, length === 0 ? 0 : index.columns.pathEnd[length - 1]);
  const last = new DataView(new ArrayBuffer(16));
  last.setFloat64(0, position, true);
  last.setFloat64(8, length, true);
  yield new Uint8Array(last.buffer);
}

/** Where the columns begin in an index, of which the head takes so many bytes. */
function columnsAt(headBytes: number): number {
  return Math.ceil((4 + headBytes) / 8) * 8;
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

/**
 * Reads a pack's index and checks all of it. The pixels stay unread; each picture's are checked when they are read.
 *
 * @throws DataError `FORMAT` for another kind of file, or one that is damaged or cut off; `VERSION` for an older or newer pack.
 */
export async function readPackIndex(bytes: PackBytes): Promise<PackIndex> {
  const { where, size } = bytes;
  const header = await bytes.read(0, Math.min(HEADER_BYTES, size));
  if (!isPackStart(header)) throw damaged(where, 'another kind of file');
  if (size < HEADER_BYTES + END_BYTES) throw damaged(where, 'one that is cut off');
  const version = new DataView(header.buffer).getUint32(MAGIC.length, true);
  if (version !== VERSION) {
    throw new DataError('VERSION', {
      where,
      expected: `a pack of version ${VERSION}`,
      received: `version ${version}`,
      fix: 'Remove it: it is made anew.',
    });
  }
  const last = await bytes.read(size - END_BYTES, END_BYTES);
  const [position, length] = [0, 8].map((at) => new DataView(last.buffer).getFloat64(at, true)) as [
    number,
    number,
  ];
  const indexBytes = size - END_BYTES - position;
  const isPlace = Number.isSafeInteger(position) && position >= HEADER_BYTES && indexBytes >= 8;
  if (!isPlace || indexBytes > MOST_INDEX_BYTES || !Number.isSafeInteger(length) || length < 0) {
    throw damaged(where, 'one that is cut off or damaged at its end');
  }
  const index = await bytes.read(position, indexBytes + 16);
  const hash = await sha256(index);
  if (!hash.every((byte, i) => last[16 + i] === byte)) throw damaged(where, 'one whose index is damaged');
  const view = new DataView(index.buffer);
  const headBytes = view.getUint32(0, true);
  let at = columnsAt(headBytes);
  if (at > indexBytes) throw damaged(where, 'one whose head is longer than its index');
  const head = headOf(index.subarray(4, 4 + headBytes), where);
  const columns: Record<string, unknown> = {};
  for (const [name, { type: Type, each }] of Object.entries(COLUMNS)) {
    const columnBytes = length * each * Type.BYTES_PER_ELEMENT;
    if (at + columnBytes > indexBytes) throw damaged(where, `one without ${length} pictures in its index`);
    columns[name] = new Type(index.buffer, at, length * each);
    at += columnBytes;
  }
  const found = new PackIndex(head, columns as Columns, index.subarray(at, indexBytes), length);
  const problem = problemOf(found, position - HEADER_BYTES);
  if (problem !== undefined) throw damaged(where, `one with ${problem}`);
  return found;
}

/** What an index says that can't be: its hash says that nothing happened to it, not that it was made well. */
function problemOf({ columns, head, paths, length }: PackIndex, pixelBytes: number): string | undefined {
  let pixels = 0;
  let path = 0;
  for (let i = 0; i < length; i++) {
    const [width, height, channels] = [columns.width[i]!, columns.height[i]!, columns.channels[i]!];
    if (width < 1 || height < 1 || channels < 1 || channels > 4)
      return `a picture of ${height}x${width}x${channels}`;
    if (columns.label[i]! >= head.classNames.length) return `a picture of class ${columns.label[i]}`;
    if (columns.part[i]! > 3) return `a picture of part ${columns.part[i]}`;
    if (columns.pathEnd[i]! < path) return 'a path that ends before it begins';
    path = columns.pathEnd[i]!;
    pixels += width * height * channels;
  }
  if (path !== paths.bytes.length)
    return `${paths.bytes.length} bytes of paths, of which pictures have ${path}`;
  return pixels === pixelBytes
    ? undefined
    : `${pixelBytes} bytes of pixels, of which pictures have ${pixels}`;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const finite = v.pipe(v.number(), v.finite());
const headSchema = v.object({
  classNames: v.array(v.string()),
  picture: v.unknown(),
  steps: v.unknown(),
  decoder: v.string(),
  limits: v.object({ maxPixels: finite, maxBytes: finite, seconds: finite }),
  survey: v.object({
    count,
    classCount: count,
    medianShortSide: count,
    channels: v.picklist([1, 3]),
  }),
  broken: v.array(
    v.object({
      file: v.string(),
      reason: v.string(),
      at: count,
      stamp: v.object({ bytes: finite, modified: finite }),
    }),
  ),
});

function headOf(bytes: Uint8Array, where: string): PackHead {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw damaged(where, 'one whose head is no JSON');
  }
  const { picture, steps, ...head } = validate(headSchema, json, `${where}: head`, {
    fail: (problem) => new DataError('FORMAT', problem),
  });
  const data = { name: 'pack' };
  const task = parseTask(
    { version: 1, picture, steps, normalize: null, classNames: head.classNames, data },
    where,
  );
  return { ...head, picture: task.picture, steps: task.steps };
}

function damaged(where: string, received: string): DataError {
  const fix = 'Remove it: it is made anew.';
  return new DataError('FORMAT', { where, expected: 'a whole pack of pictures', received, fix });
}
