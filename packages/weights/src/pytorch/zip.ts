import { quote, WeightsError, type WeightsErrorCode } from '../error.js';
import type { WeightsFile } from '../stored.js';
import type { ZipRecord } from '../zip/record.js';
import { bytesOf, tensorsOf } from './checkpoint.js';
import { PickleCutOff } from './reader.js';
import { TorchHost } from './rebuild.js';
import { unpickle } from './unpickle.js';

const PICKLE = /^([^/]+)\/data\.pkl$/;
export const MOST_PICKLE_BYTES = 32_000_000;

/** Whether a zip file's records are those of `torch.save`. */
export function isTorchZip(records: ReadonlyMap<string, ZipRecord>): boolean {
  return [...records.keys()].some((name) => PICKLE.test(name));
}

/**
 * A file of `torch.save` since PyTorch 1.6: a zip of stored records, `NAME/data.pkl` and `NAME/data/KEY`.
 *
 * Source: PyTorch's `torch/serialization.py`, `_save`.
 *
 * @throws WeightsError `FORMAT` when a storage is missing or of another length, for TorchScript and big-endian files; as `unpickle`.
 */
export async function openTorchZip(
  records: ReadonlyMap<string, ZipRecord>,
  file: string,
): Promise<WeightsFile> {
  const failure = (
    field: string,
    expected: string,
    received: string,
    fix: string,
    code: WeightsErrorCode = 'FORMAT',
  ) => new WeightsError(code, { where: `${file}: ${field}`, expected, received, fix });
  const pickle = [...records.keys()].find((name) => PICKLE.test(name))!;
  const folder = PICKLE.exec(pickle)![1]!;
  if (records.has(`${folder}/constants.pkl`)) {
    throw failure(
      'data.pkl',
      'a state dict',
      'a program of TorchScript',
      'Save model.state_dict() with torch.save.',
    );
  }
  const order = await records.get(`${folder}/byteorder`)?.read();
  if (order !== undefined && String.fromCharCode(...order.subarray(0, 10)) !== 'little') {
    throw failure(
      'byteorder',
      'little',
      quote(String.fromCharCode(...order.subarray(0, 10))),
      'Save the file on a machine that is little-endian.',
    );
  }
  const record = records.get(pickle)!;
  if (record.size > MOST_PICKLE_BYTES) {
    throw failure(
      'data.pkl',
      `at most ${MOST_PICKLE_BYTES} bytes`,
      `${record.size}`,
      'Save model.state_dict() alone.',
      'LIMIT',
    );
  }
  const host = new TorchHost(file);
  const value = unpickled(await record.read(), host, `${file}: data.pkl`);
  for (const storage of host.storages.values()) {
    const field = `storage ${quote(storage.key)}`;
    const expected = `${bytesOf(storage)} bytes, as data.pkl says`;
    const size = records.get(`${folder}/data/${storage.key}`)?.size;
    if (size !== bytesOf(storage))
      throw failure(field, expected, `${size ?? 'none'}`, 'Download or save the file again.');
  }
  const read = (key: string, begin: number, end: number) =>
    records.get(`${folder}/data/${key}`)!.read(begin, end);
  return { name: file, format: 'PyTorch', metadata: {}, ...tensorsOf(value, read, file) };
}

function unpickled(bytes: Uint8Array, host: TorchHost, where: string): unknown {
  try {
    return unpickle(bytes, host, where).value;
  } catch (error) {
    if (!(error instanceof PickleCutOff)) throw error;
    const fix = 'Download or save the file again.';
    throw new WeightsError('FORMAT', {
      where,
      expected: 'a whole pickle',
      received: 'one that is cut off',
      fix,
    });
  }
}
