import { quote, WeightsError } from '../error.js';
import { float32Of, isFloat32 } from '../float32.js';
import type { StoredTensor, WeightsFile } from '../stored.js';
import { isMoved, shapeToOurs, valuesToOurs } from './layout.js';
import { type FoundNames, isCounter, namesOf, pathOf } from './nameMap.js';
import type { LoadReport, Misshapen } from './report.js';

export interface FitOptions {
  /** Takes a first convolution of 3 channels for 1 by summing them, and of 1 for 3 by a third each. Default: false. */
  adaptStem?: boolean;
  /** Leaves out the head, whatever its classes; it may be missing. Default: false. */
  newHead?: boolean;
}

/** A file's tensors as a network's, before a value is read. */
export interface FittedWeights {
  /** By our paths, in our layout, as F32. */
  tensors: ReadonlyMap<string, StoredTensor>;
  report: LoadReport;
}

const STEM = 'stem.conv.weight';
const HEAD = 'head.linear.';

/**
 * Finds a network's tensors in a file, whatever library named and laid them out: torchvision and timm, transformers, Dive into Deep
 * Learning, or this one. Counters are dropped, half precision is widened, filters and linear weights are transposed; the report
 * tells all of it. That the file holds *this* network is the caller's word: names and shapes alone don't say what is computed.
 *
 * @param expected the shape of each parameter and buffer, by path
 * @throws WeightsError `MISMATCH` when the names are of no library that is known.
 *
 * @example
 * const { tensors, report } = fitWeights(file, stateShapes(resnet50(), [1, 224, 224, 3]));
 * requireWhole(report);
 */
export function fitWeights(
  file: WeightsFile,
  expected: ReadonlyMap<string, readonly number[]>,
  { adaptStem = false, newHead = false }: FitOptions = {},
): FittedWeights {
  const found = namesOf([...file.tensors.keys()]);
  if (found === undefined) throw unknownNames(file);
  const fit = new Fit(expected, found, { adaptStem, newHead });
  for (const [name, tensor] of file.tensors) fit.take(name, tensor);
  return { tensors: fit.tensors, report: fit.report(file) };
}

/**
 * The channels of the pictures and the number of classes of a file's network, as the shapes of its stem and head say.
 *
 * @returns undefined where its names are of no library that is known, or one of these is missing
 */
export function sizesOf({ tensors }: WeightsFile): { channels: number; numClasses: number } | undefined {
  const found = namesOf([...tensors.keys()]);
  if (found === undefined) return undefined;
  const shapeAt = (path: string) => {
    const name = [...tensors.keys()].find((candidate) => pathOf(candidate, found) === path);
    const shape = name === undefined ? undefined : tensors.get(name)!.shape;
    return shape && found.map.transposed ? shapeToOurs(shape) : shape;
  };
  const channels = shapeAt(found.map.stem ?? STEM)?.[2];
  const numClasses = shapeAt(`${HEAD}weight`)?.at(-1);
  return channels === undefined || numClasses === undefined ? undefined : { channels, numClasses };
}

/** One file being fitted to one network. */
class Fit {
  readonly tensors = new Map<string, StoredTensor>();
  readonly #seen = new Set<string>();
  readonly #lists = {
    dropped: [] as string[],
    transposed: [] as string[],
    widened: [] as string[],
    adapted: [] as string[],
    left: [] as string[],
    unexpected: [] as string[],
    misshapen: [] as Misshapen[],
  };

  constructor(
    readonly expected: ReadonlyMap<string, readonly number[]>,
    readonly found: FoundNames,
    readonly options: Required<FitOptions>,
  ) {}

  take(name: string, tensor: StoredTensor): void {
    const lists = this.#lists;
    if (isCounter(name)) {
      lists.dropped.push(name);
      return;
    }
    const path = pathOf(name, this.found);
    const expected = path === undefined ? undefined : this.expected.get(path);
    if (path === undefined || expected === undefined || this.#seen.has(path)) {
      lists.unexpected.push(name);
      return;
    }
    this.#seen.add(path);
    if (this.#isNew(path)) {
      lists.left.push(path);
      return;
    }
    const { transposed, stem = STEM, stored: asStored } = this.found.map;
    const stored = asStored?.(tensor.shape, expected) ?? tensor.shape;
    const shape = transposed ? shapeToOurs(stored) : stored;
    const isSame = shape.length === expected.length && shape.every((size, i) => size === expected[i]);
    if (!isFloat32(tensor.dtype)) {
      lists.misshapen.push({ path, expected: 'F32, F16 or BF16', received: tensor.dtype });
    } else if (isSame || (path === stem && this.options.adaptStem && isOtherStem(shape, expected))) {
      if (!isSame) lists.adapted.push(path);
      if (transposed && isMoved(shape)) lists.transposed.push(path);
      if (tensor.dtype !== 'F32') lists.widened.push(path);
      this.tensors.set(path, fitted(tensor, expected, transposed ? stored : undefined));
    } else {
      lists.misshapen.push({ path, expected: `[${expected.join(', ')}]`, received: `[${shape.join(', ')}]` });
    }
  }

  report({ name, format, inside }: WeightsFile): LoadReport {
    const { map, prefix } = this.found;
    return {
      file: name,
      format,
      inside,
      names: map.name,
      prefix,
      loaded: [...this.tensors.keys()],
      ...this.#lists,
      missing: [...this.expected.keys()].filter((path) => !this.#seen.has(path) && !this.#isNew(path)),
    };
  }

  #isNew(path: string): boolean {
    return this.options.newHead && path.startsWith(HEAD);
  }
}

/** Whether the stem's filters [H, W, channels, out] differ in their channels alone, 3 for 1 or 1 for 3. */
function isOtherStem(shape: readonly number[], expected: readonly number[]): boolean {
  const [given, wanted] = [shape[2], expected[2]];
  const isPair = (given === 3 && wanted === 1) || (given === 1 && wanted === 3);
  return isPair && shape.length === 4 && shape.every((size, axis) => axis === 2 || size === expected[axis]);
}

/** @param stored the tensor's shape, where it is in PyTorch's layout */
function fitted(tensor: StoredTensor, shape: readonly number[], stored?: readonly number[]): StoredTensor {
  return {
    dtype: 'F32',
    shape,
    read: async () => {
      const values = float32Of(await tensor.read());
      const data = stored ? valuesToOurs(values, stored) : values;
      const size = shape.reduce((product, length) => product * length, 1);
      return { dtype: 'F32', shape, data: data.length === size ? data : adapted(data, shape) };
    },
  };
}

/**
 * The stem's filters for other channels: a grey picture in all three channels gives what it gave in one, and the other way round.
 *
 * Source: timm, `adapt_input_conv`, for 3 to 1.
 */
function adapted(data: Float32Array, shape: readonly number[]): Float32Array {
  const [height, width, channels, out] = shape as [number, number, number, number];
  const values = new Float32Array(height * width * channels * out);
  for (let at = 0; at < values.length; at++) {
    const [place, o] = [Math.floor(at / (channels * out)), at % out];
    if (channels === 3) values[at] = data[place * out + o]! / 3;
    else for (let c = 0; c < 3; c++) values[at] = values[at]! + data[(place * 3 + c) * out + o]!;
  }
  return values;
}

function unknownNames({ name, tensors }: WeightsFile): WeightsError {
  const some = [...tensors.keys()].slice(0, 4).map(quote);
  return new WeightsError('MISMATCH', {
    where: name,
    expected:
      'the weights of a residual network, named as torchvision, timm, transformers, d2l or this library do',
    received: some.length > 0 ? some.join(', ') : 'no tensors',
    fix: 'Check that it is a ResNet, ResNeXt or wide ResNet.',
  });
}
