import { DataError } from './error.js';

/** What is taken for bytes: a view of them, or the memory itself, as `file.arrayBuffer()` gives it. */
export type Bytes = Uint8Array | Uint8ClampedArray | ArrayBuffer;

/** Class numbers from 0; the type only says how many bytes each takes. */
export type Labels = Uint8Array | Uint16Array | Uint32Array;

/** Integers of any kind: a typed array, or an ordinary one. */
export type Integers = Labels | Uint8ClampedArray | Int8Array | Int16Array | Int32Array | readonly number[];

const FLOATS = ['Float16Array', 'Float32Array', 'Float64Array'];

/** How to make bytes of what was given instead, by its type. */
const toBytes = (type: string, name: string): string => {
  if (type === 'Promise') return `Await it: await ${name}.`;
  if (FLOATS.includes(type))
    return `Convert the scale 0 to 1 with Uint8Array.from(${name}, (level) => Math.round(255 * level)).`;
  if (type === 'Uint16Array')
    return `Convert 16 bits to 8 with Uint8Array.from(${name}, (level) => level >> 8).`;
  if (type === 'Array' || type.endsWith('Array'))
    return `If every value is from 0 to 255, convert with Uint8Array.from(${name}).`;
  if (type === 'Blob' || type === 'File') return `Read it: await ${name}.arrayBuffer().`;
  return 'Give a Uint8Array.';
};

/**
 * Bytes as a view of the same memory. Types are known by name: another realm (a frame, Jest) has its own classes.
 *
 * @param where The file or argument, for the error.
 * @throws DataError `ARGUMENT` for anything but bytes, saying how to convert it: nothing is rounded or wrapped in silence.
 */
export function bytesOf(value: Bytes, where: string, name = 'bytes'): Uint8Array {
  const type = typeOf(value);
  if (type === 'Uint8Array') return value as Uint8Array;
  if (type === 'Uint8ClampedArray') {
    const { buffer, byteOffset, byteLength } = value as Uint8ClampedArray;
    return new Uint8Array(buffer, byteOffset, byteLength);
  }
  if (type === 'ArrayBuffer' || type === 'SharedArrayBuffer') return new Uint8Array(value as ArrayBuffer);
  throw new DataError('ARGUMENT', {
    where,
    expected: `${name} as a Uint8Array, a Uint8ClampedArray or an ArrayBuffer`,
    received: describe(value),
    fix: toBytes(type, name),
  });
}

/**
 * Class numbers, each checked. Unsigned typed arrays come back as they are, others in the smallest type that holds the
 * number of classes.
 *
 * @throws DataError `ARGUMENT` for an array of another kind; `FORMAT` for a label that is no whole number from 0, or has no
 *   class, with its position.
 */
export function labelsOf(value: Integers, classes: number, where: string): Labels {
  const type = typeOf(value);
  const isIntegers =
    ['Array', 'Uint8ClampedArray', 'BigInt64Array', 'BigUint64Array'].includes(type) ||
    /^(Ui|I)nt\d+Array$/.test(type);
  if (!isIntegers) {
    throw new DataError('ARGUMENT', {
      where: `${where}: labels`,
      expected: 'class numbers as an array of integers',
      received: describe(value),
      fix: FLOATS.includes(type)
        ? 'If they are whole, convert them with Int32Array.from(labels).'
        : 'Give a Uint8Array, Uint16Array, Uint32Array, Int32Array or an ordinary array.',
    });
  }
  const big = type.startsWith('Big');
  const labels = (big ? Array.from(value as unknown as BigInt64Array, Number) : value) as Exclude<
    Integers,
    Labels
  >;
  for (let position = 0; position < labels.length; position++) {
    const label = labels[position]!;
    if (Number.isInteger(label) && label >= 0 && label < classes) continue;
    throw wrongLabel(label, position, classes, where);
  }
  if (type === 'Uint8Array' || type === 'Uint16Array' || type === 'Uint32Array') return value as Labels;
  const smallest = newLabels(classes, labels.length);
  smallest.set(labels);
  return smallest;
}

/** So many labels of 0, of the smallest type that holds the number of classes. */
export function newLabels(classes: number, length: number): Labels {
  return new (classes <= 256 ? Uint8Array : classes <= 65_536 ? Uint16Array : Uint32Array)(length);
}

function wrongLabel(label: unknown, position: number, classes: number, where: string): DataError {
  const fixes: Record<string, string> = {
    string: 'Turn names into numbers with labels.map((name) => classNames.indexOf(name)).',
    object: 'Turn one-hot rows into numbers with labels.map((row) => row.indexOf(1)).',
  };
  return new DataError('FORMAT', {
    where,
    expected: `labels that are whole numbers from 0 to ${classes - 1}, one for each of the ${classes} class names`,
    received: `${typeof label === 'number' ? label : describe(label)} at position ${position}`,
    fix: fixes[typeof label] ?? 'Name every class, or correct the labels.',
  });
}

/** Such as `Float32Array`, `Array`, `Promise`, `string`, `null`. */
export function typeOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** For the second half of an error: "a Float32Array of 784", "the string 'cat'". */
export function describe(value: unknown): string {
  const type = typeOf(value);
  if (type === 'string') return `the string '${String(value).slice(0, 40)}'`;
  if (['null', 'undefined', 'number', 'boolean', 'bigint'].includes(type)) return String(value);
  const { length } = value as { length?: unknown };
  return `${/^[AEIO]/.test(type) ? 'an' : 'a'} ${type}${typeof length === 'number' && type !== 'function' ? ` of ${length}` : ''}`;
}
