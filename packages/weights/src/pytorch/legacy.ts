import { quote, WeightsError } from '../error.js';
import type { ByteSource, WeightsFile } from '../stored.js';
import { bytesOf, tensorsOf } from './checkpoint.js';
import { PickleCutOff } from './reader.js';
import { type Storage, TorchHost } from './rebuild.js';
import { unpickle } from './unpickle.js';
import { MOST_PICKLE_BYTES } from './zip.js';

const MAGIC = 0x1950a86a20f9469cfc6cn;
const PROTOCOL = 1001;
/** Read at first; most files' pickles are smaller. */
const FIRST_BYTES = 1 << 18;
const LENGTH_BYTES = 8;

/**
 * A file of `torch.save` before PyTorch 1.6, or of its `_use_new_zipfile_serialization=False`: five pickles (magic number, protocol,
 * machine, object, storages' keys), then each storage's length and data.
 *
 * Source: PyTorch's `torch/serialization.py`, `_legacy_save`.
 *
 * @throws WeightsError `FORMAT` when it's another pickle, is cut off, goes on after its last storage, or is big-endian; as `unpickle`.
 */
export async function openLegacyTorch(source: ByteSource): Promise<WeightsFile> {
  const { name: file } = source;
  const host = new TorchHost(file);
  const { object, keys, end } = await readPickles(source, host);
  const places = await storagePlaces(source, host, keys, end);
  const read = (key: string, begin: number, end: number) => {
    const place = places.get(key)!;
    return source.read(place + begin, place + end);
  };
  return { name: file, format: 'PyTorch', metadata: {}, ...tensorsOf(object, read, file) };
}

interface Pickles {
  object: unknown;
  keys: string[];
  end: number;
}

/** Of as many bytes as it takes. */
async function readPickles(source: ByteSource, host: TorchHost): Promise<Pickles> {
  for (let length = FIRST_BYTES; ; length *= 4) {
    const available = Math.min(length, source.size, MOST_PICKLE_BYTES);
    try {
      return picklesOf(await source.read(0, available), host);
    } catch (error) {
      if (!(error instanceof PickleCutOff)) throw error;
      if (available === source.size) throw failure(host.file, 'whole pickles', 'a file that is cut off');
      if (available === MOST_PICKLE_BYTES)
        throw failure(host.file, `pickles of at most ${MOST_PICKLE_BYTES} bytes`, 'more');
      host.storages.clear();
    }
  }
}

function picklesOf(bytes: Uint8Array, host: TorchHost): Pickles {
  const { file } = host;
  let end = 0;
  const next = (what: string): unknown => {
    const read = unpickle(bytes.subarray(end), host, `${file}: ${what}`);
    end += read.end;
    return read.value;
  };
  const magic = next('magic number');
  if (magic !== MAGIC) throw failure(file, 'a file of torch.save', 'another pickle');
  const protocol = next('protocol');
  if (protocol !== PROTOCOL) throw failure(file, `protocol ${PROTOCOL}`, quote(String(protocol)));
  const machine = next('machine');
  if (machine instanceof Map && machine.get('little_endian') === false) {
    throw failure(
      file,
      'a little-endian file',
      'a big-endian one',
      'Save the file on a machine that is little-endian.',
    );
  }
  const object = next('object');
  const keys = next('keys');
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === 'string')) {
    throw failure(file, "the storages' keys", 'something else');
  }
  return { object, keys, end };
}

/** Where each storage's data begin. */
async function storagePlaces(
  source: ByteSource,
  host: TorchHost,
  keys: readonly string[],
  begin: number,
): Promise<Map<string, number>> {
  const { file } = host;
  const places = new Map<string, number>();
  let position = begin;
  for (const key of keys) {
    const storage = host.storages.get(key);
    if (storage === undefined || places.has(key))
      throw failure(file, 'each storage of the object once', quote(key));
    if (position + LENGTH_BYTES > source.size)
      throw failure(file, `storage ${quote(key)}`, 'a file that is cut off');
    await requireLength(source, position, storage);
    places.set(key, position + LENGTH_BYTES);
    position += LENGTH_BYTES + bytesOf(storage);
  }
  for (const key of host.storages.keys()) {
    if (!places.has(key)) throw failure(file, `storage ${quote(key)}`, 'none');
  }
  if (position !== source.size)
    throw failure(file, `${position} bytes, as its storages take`, `${source.size}`);
  return places;
}

async function requireLength(source: ByteSource, position: number, { key, length }: Storage): Promise<void> {
  const bytes = await source.read(position, position + LENGTH_BYTES);
  const declared = new DataView(bytes.buffer, bytes.byteOffset, LENGTH_BYTES).getBigUint64(0, true);
  if (declared === BigInt(length)) return;
  throw failure(source.name, `${length} elements in storage ${quote(key)}`, `${declared}`);
}

function failure(
  where: string,
  expected: string,
  received: string,
  fix = 'Download or save the file again.',
): WeightsError {
  return new WeightsError('FORMAT', { where, expected, received, fix });
}
