import { JsonCursor } from './cursor.js';
import { byteLength, type Dtype, isDtype } from './dtypes.js';
import { quote } from './error.js';
import { MAX_RANK, MAX_TENSORS } from './limits.js';

/** What the header says of one tensor. Its size is already known to fit its shape and dtype. */
export interface TensorEntry {
  name: string;
  dtype: Dtype;
  shape: number[];
  /** Where its bytes begin and end, counted from the end of the header. */
  begin: number;
  end: number;
}

export interface Header {
  /** In the order of the file. */
  entries: TensorEntry[];
  metadata: Record<string, string>;
}

/**
 * Reads the header's JSON: `{"name": {"dtype": ..., "shape": [...], "data_offsets": [begin, end]}, ...}` with an
 * optional `"__metadata__"` of strings. Exactly that, in any order: other fields, missing and repeated ones are
 * refused.
 */
export function readHeader(text: string, file: string): Header {
  const cursor = new JsonCursor(text, file);
  const entries: TensorEntry[] = [];
  const names = new Set<string>();
  let metadata: Record<string, string> = Object.create(null);

  cursor.object('header', (name) => {
    const field = name === '__metadata__' ? name : `tensor ${quote(name)}`;
    if (names.has(name)) throw cursor.error(field, 'each name once', 'it again');
    names.add(name);
    if (name === '__metadata__') {
      metadata = readMetadata(cursor);
      return;
    }
    if (entries.length === MAX_TENSORS) {
      throw cursor.error('header', `at most ${MAX_TENSORS} tensors`, 'more', 'LIMIT');
    }
    entries.push(readEntry(cursor, name, field));
  });
  cursor.expectEnd('header');
  return { entries, metadata };
}

function readMetadata(cursor: JsonCursor): Record<string, string> {
  // Without a prototype, a key such as `__proto__` is a key like any other.
  const metadata: Record<string, string> = Object.create(null);
  cursor.object('__metadata__', (key) => {
    const field = `__metadata__, key ${quote(key)}`;
    if (Object.hasOwn(metadata, key)) throw cursor.error(field, 'each key once', 'it again');
    metadata[key] = cursor.string(field);
  });
  return metadata;
}

function readEntry(cursor: JsonCursor, name: string, field: string): TensorEntry {
  let dtype: Dtype | undefined;
  let shape: number[] | undefined;
  let offsets: number[] | undefined;
  const once = (key: string, previous: unknown) => {
    if (previous !== undefined) throw cursor.error(`${field}, ${key}`, 'it once', 'it again');
  };
  cursor.object(field, (key) => {
    if (key === 'dtype') {
      once(key, dtype);
      dtype = readDtype(cursor, field);
    } else if (key === 'shape') {
      once(key, shape);
      shape = cursor.wholeNumbers(`${field}, shape`, MAX_RANK);
    } else if (key === 'data_offsets') {
      once(key, offsets);
      offsets = cursor.wholeNumbers(`${field}, data_offsets`, MAX_RANK);
    } else {
      throw cursor.error(field, 'dtype, shape and data_offsets only', `the field ${quote(key)}`);
    }
  });
  if (dtype === undefined) throw cursor.error(`${field}, dtype`, 'one', 'none');
  if (shape === undefined) throw cursor.error(`${field}, shape`, 'one', 'none');
  if (offsets === undefined) throw cursor.error(`${field}, data_offsets`, 'one', 'none');
  return checkedEntry(cursor, field, { name, dtype, shape }, offsets);
}

function readDtype(cursor: JsonCursor, field: string): Dtype {
  const name = cursor.string(`${field}, dtype`);
  if (!isDtype(name))
    throw cursor.error(`${field}, dtype`, 'a type of safetensors, such as F32', quote(name));
  return name;
}

function checkedEntry(
  cursor: JsonCursor,
  field: string,
  { name, dtype, shape }: Pick<TensorEntry, 'name' | 'dtype' | 'shape'>,
  offsets: number[],
): TensorEntry {
  const [begin, end] = offsets;
  if (offsets.length !== 2 || begin === undefined || end === undefined || end < begin) {
    throw cursor.error(`${field}, data_offsets`, '[begin, end] with begin <= end', `[${offsets.join(', ')}]`);
  }
  const bytes = byteLength(dtype, shape);
  const shown = `${dtype} of shape [${shape.join(', ')}]`;
  if (bytes === undefined) throw cursor.error(`${field}, shape`, 'a countable number of whole bytes', shown);
  if (end - begin !== bytes) {
    throw cursor.error(`${field}, data_offsets`, `${bytes} bytes for ${shown}`, `${end - begin}`);
  }
  return { name, dtype, shape, begin, end };
}
