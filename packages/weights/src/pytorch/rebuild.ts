import { byteLength, DTYPES, type Dtype } from '../dtypes.js';
import { quote, WeightsError, type WeightsErrorCode } from '../error.js';
import { MAX_RANK } from '../limits.js';
import { Global, type PickleHost, Tuple } from './values.js';

/** The elements of a storage's type. */
const STORAGES: Readonly<Record<string, Dtype>> = {
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.DoubleStorage': 'F64',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

/** All other names that may occur, with what becomes of them. */
const CALLS: Readonly<Record<string, (host: TorchHost, items: readonly unknown[]) => unknown>> = {
  'torch._utils._rebuild_tensor_v2': (host, items) => host.tensor(items),
  'torch._utils._rebuild_tensor': (host, items) => host.tensor(items),
  'torch._utils._rebuild_parameter': (_, [tensor]) => tensor,
  'torch.Size': (_, [sizes]) => sizes,
  'collections.OrderedDict': (host, items) => host.dictionary(items),
};

/** What is refused by name: it is harmless, but no plain tensor. */
const OTHERS: readonly [pattern: RegExp, what: string][] = [
  [/^torch\.Complex(Float|Double)Storage$/, 'complex tensors'],
  [/^torch\.Q\w+Storage$|_rebuild_qtensor$/, 'quantized tensors'],
  [/_rebuild_sparse\w*$/, 'sparse tensors'],
  [
    /_rebuild_tensor_v3$|UntypedStorage$/,
    'tensors of a type that only newer versions of PyTorch know, such as float8',
  ],
  [/_rebuild_(meta|device|wrapper|nested)\w*$/, 'tensors of a special kind'],
];

/** A storage: one run of elements in the file, which tensors are windows on. */
export interface Storage {
  readonly dtype: Dtype;
  readonly key: string;
  /** Elements of the whole storage. */
  readonly length: number;
  /** Where this part of it begins, and its elements. */
  readonly offset: number;
  readonly size: number;
}

/** A tensor as a pickle describes it: a window on a storage, checked to lie within it. */
export class TorchTensor {
  constructor(
    readonly storage: Storage,
    /** In elements, from the storage's begin. */
    readonly offset: number,
    readonly shape: readonly number[],
    readonly stride: readonly number[],
  ) {}
}

/** What PyTorch's pickles may ask for: tensors, dictionaries, sizes. */
export class TorchHost implements PickleHost {
  readonly storages = new Map<string, Storage>();

  constructor(readonly file: string) {}

  requireGlobal(name: string): void {
    if (Object.hasOwn(STORAGES, name) || Object.hasOwn(CALLS, name)) return;
    const other = OTHERS.find(([pattern]) => pattern.test(name));
    if (other !== undefined) {
      throw this.#failure('plain tensors', `${other[1]} (${quote(name)})`, {
        fix: 'Convert them to float32 in PyTorch, and save the state dict again.',
      });
    }
    throw this.#failure('tensors and dictionaries alone', `the name ${quote(name)}, which could run code`, {
      code: 'UNSAFE',
      fix: 'Nothing was run. Where you trust the file, load it in PyTorch and save model.state_dict() alone.',
    });
  }

  reduce({ name }: Global, items: readonly unknown[]): unknown {
    const call = Object.hasOwn(CALLS, name) ? CALLS[name] : undefined;
    if (call !== undefined) return call(this, items);
    throw this.#failure('a function to call', quote(name), { code: 'UNSAFE', fix: 'Nothing was run.' });
  }

  /** An OrderedDict, to which Python 2 gives its items at once. */
  dictionary([items]: readonly unknown[]): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    if (items === undefined) return map;
    if (!Array.isArray(items)) throw this.#failure('the items of a dictionary', 'something else');
    for (const item of items as unknown[]) {
      const [key, value] = item instanceof Tuple ? item.items : (item as unknown[]);
      map.set(key, value);
    }
    return map;
  }

  /** `('storage', type, key, location, elements)`, and in the old form a part of it, or none. */
  persistent(id: unknown): Storage {
    const [kind, type, key, , length, part] = id instanceof Tuple ? id.items : [];
    if (kind === 'module') {
      throw this.#failure('tensors alone', 'a whole module, whose code would have to run', {
        code: 'UNSAFE',
        fix: 'Nothing was run. Load it in PyTorch and save model.state_dict() alone.',
      });
    }
    const dtype =
      type instanceof Global && Object.hasOwn(STORAGES, type.name) ? STORAGES[type.name] : undefined;
    if (kind !== 'storage' || dtype === undefined || typeof key !== 'string' || !isCount(length)) {
      throw this.#failure('a storage with its type, key and length', 'something else');
    }
    const known = this.storages.get(key);
    if (known !== undefined && (known.dtype !== dtype || known.length !== length)) {
      throw this.#failure(`storage ${quote(key)} of one type and length`, 'another');
    }
    const whole = known ?? { dtype, key, length, offset: 0, size: length };
    this.storages.set(key, whole);
    if (!(part instanceof Tuple)) return whole;
    const [, offset, size] = part.items;
    if (!isCount(offset) || !isCount(size) || offset + size > length) {
      throw this.#failure(`a part of the ${length} elements of storage ${quote(key)}`, 'another');
    }
    return { ...whole, offset, size };
  }

  /** `(storage, offset, sizes, strides, ...)` */
  tensor([storage, offset, sizes, strides]: readonly unknown[]): TorchTensor {
    const shape = countsOf(sizes);
    const stride = countsOf(strides);
    if (
      !isStorage(storage) ||
      !isCount(offset) ||
      shape === undefined ||
      stride === undefined ||
      shape.length !== stride.length
    ) {
      throw this.#failure('a tensor with its storage, offset, sizes and strides', 'something else');
    }
    const elements = byteLength(storage.dtype, shape);
    const last = shape.reduce((end, size, i) => end + (size - 1) * stride[i]!, offset);
    const shown = `shape [${shape.join(', ')}], stride [${stride.join(', ')}], offset ${offset}`;
    const within = `a tensor within the ${storage.size} elements of storage ${quote(storage.key)}`;
    if (elements === undefined || !Number.isSafeInteger(last)) throw this.#failure(within, shown);
    if (elements === 0) return new TorchTensor(storage, 0, shape, stride);
    if (last >= storage.size) throw this.#failure(within, shown);
    // Each element occurs once: a few bytes could else stand for more than memory holds.
    if (elements / DTYPES[storage.dtype].array.BYTES_PER_ELEMENT > storage.size) {
      throw this.#failure(`at most the ${storage.size} elements of storage ${quote(storage.key)}`, shown, {
        fix: 'Save tensor.contiguous() in place of an expanded one.',
      });
    }
    return new TorchTensor(storage, storage.offset + offset, shape, stride);
  }

  #failure(
    expected: string,
    received: string,
    {
      code = 'FORMAT',
      fix = 'Download or save the file again.',
    }: { code?: WeightsErrorCode; fix?: string } = {},
  ): WeightsError {
    return new WeightsError(code, { where: this.file, expected, received, fix });
  }
}

function isStorage(value: unknown): value is Storage {
  return (
    typeof value === 'object' && value !== null && 'dtype' in value && 'key' in value && 'offset' in value
  );
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function countsOf(value: unknown): number[] | undefined {
  const items = value instanceof Tuple ? value.items : value;
  if (!Array.isArray(items) || items.length > MAX_RANK || !items.every(isCount)) return undefined;
  return items;
}
