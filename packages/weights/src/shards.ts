import { quote, WeightsError, type WeightsErrorCode } from './error.js';
import type { StoredTensor, WeightsFile } from './stored.js';

const MOST_SHARDS = 1000;
/** A plain name of a file: no folder, nothing hidden. */
const NAME = /^[\w][\w.+-]{0,200}$/;

/**
 * The tensors of several safetensors files that an index such as `model.safetensors.index.json` lists.
 *
 * @param text the index
 * @param open opens a file beside it, by its name
 * @throws WeightsError `FORMAT` when it's no such index, or a tensor is not in the file that it names; `UNSAFE` for a name that leads
 *   elsewhere; `LIMIT` for more than 1,000 files.
 */
export async function openShards(
  text: string,
  file: string,
  open: (name: string) => Promise<WeightsFile>,
): Promise<WeightsFile> {
  const places = placesOf(text, file);
  const names = [...new Set(places.values())];
  if (names.length > MOST_SHARDS)
    throw failure(file, `at most ${MOST_SHARDS} files`, `${names.length}`, 'LIMIT');
  const unsafe = names.find((name) => !NAME.test(name));
  if (unsafe !== undefined) throw failure(file, 'names of files beside it', quote(unsafe), 'UNSAFE');
  const shards = new Map<string, WeightsFile>();
  for (const name of names) shards.set(name, await open(name));
  const tensors = new Map<string, StoredTensor>();
  for (const [tensor, name] of places) {
    const found = shards.get(name)!.tensors.get(tensor);
    if (found === undefined) throw failure(file, `${quote(tensor)} in ${name}`, 'none of that name');
    tensors.set(tensor, found);
  }
  return { name: file, format: 'safetensors', tensors, metadata: {} };
}

/** The file that each tensor is in. */
function placesOf(text: string, file: string): Map<string, string> {
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch {
    throw failure(file, 'JSON', 'something else');
  }
  const map =
    typeof index === 'object' && index !== null && 'weight_map' in index ? index.weight_map : undefined;
  if (typeof map !== 'object' || map === null) throw failure(file, 'an index with a weight_map', 'none');
  return new Map(
    Object.entries(map).map(([tensor, name]) => {
      if (typeof name === 'string') return [tensor, name];
      throw failure(file, `a file's name for ${quote(tensor)}`, typeof name);
    }),
  );
}

function failure(
  where: string,
  expected: string,
  received: string,
  code: WeightsErrorCode = 'FORMAT',
): WeightsError {
  return new WeightsError(code, { where, expected, received, fix: 'Download or save the files again.' });
}
