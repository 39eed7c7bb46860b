import { openSafetensors } from './decode.js';
import { WeightsError } from './error.js';
import { isNpz, openNpz } from './npz.js';
import { openLegacyTorch } from './pytorch/legacy.js';
import { isTorchZip, openTorchZip } from './pytorch/zip.js';
import type { ByteSource, WeightsFile } from './stored.js';
import { openZip } from './zip/archive.js';

const FIRST_BYTES = 512;
const FIX = 'Give a file of safetensors, PyTorch (.pth, .pt, .bin) or NumPy (.npz).';

/** What is often there instead, by how it begins. */
const OTHERS: readonly [start: string, what: string, fix?: string][] = [
  ['<', 'a page of the web', 'It is what a server answered in place of the file: download it again.'],
  ['version https://git-lfs', 'a pointer of Git LFS', 'Get the file itself by `git lfs pull`.'],
  ['\x89HDF', 'HDF5, as Keras writes it'],
  ['\x1f\x8b', 'gzip', 'Unpack it first.'],
  ['{', 'JSON', 'Give the folder that it is in, or the file with the weights.'],
];
/** Where a tar file says so. */
const TAR = 257;

/**
 * Opens a file of weights by what is in it, whatever its name: safetensors; PyTorch's, of either form; `.npz`. Nothing in it is ever
 * executed. Its names, shapes and types are known then and checked against its bytes; values are read when they are asked for,
 * so that a file needs no more memory than the tensors that are kept.
 *
 * @throws WeightsError `FORMAT` for what is damaged or something else, `UNSAFE` for a pickle that asks for more than tensors,
 *   `LIMIT`; reading a tensor throws `FORMAT` when its bytes are not those that were written.
 *
 * @example
 * const file = await openWeights(sourceOfBytes(bytes, 'resnet50.pth'));
 * const { data } = await file.tensors.get('conv1.weight').read();
 */
export async function openWeights(source: ByteSource): Promise<WeightsFile> {
  const { name, size } = source;
  const first = await source.read(0, Math.min(FIRST_BYTES, size));
  const text = Array.from(first, (byte) => String.fromCharCode(byte)).join('');
  if (text.startsWith('PK\x03\x04') || text.startsWith('PK\x05\x06')) {
    const records = await openZip(source);
    if (isTorchZip(records)) return openTorchZip(records, name);
    if (isNpz(records)) return { name, format: 'npz', metadata: {}, tensors: await openNpz(records, name) };
    throw failure(name, 'a zip file of something else', FIX);
  }
  if (first[0] === 0x80 && first[1]! >= 2 && first[1]! <= 5) return openLegacyTorch(source);
  if (text[8] === '{') return openSafetensors(source);
  if (text.startsWith('ustar', TAR)) {
    throw failure(
      name,
      'a tar file, as PyTorch wrote before 0.1.10',
      'Load it in PyTorch and save it again.',
    );
  }
  const other = OTHERS.find(([start]) => text.trimStart().startsWith(start));
  throw failure(
    name,
    other?.[1] ?? (size === 0 ? 'an empty file' : 'another kind of file'),
    other?.[2] ?? FIX,
  );
}

function failure(where: string, received: string, fix: string): WeightsError {
  return new WeightsError('FORMAT', { where, expected: 'a file of weights', received, fix });
}
