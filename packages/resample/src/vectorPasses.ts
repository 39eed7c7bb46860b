import { bytes } from '../generated/passes.js';
import type { Axes, Axis } from './axis.js';

/** What assembly/index.ts exports: pointers are byte offsets into the memory. */
interface Kernels {
  readonly memory: WebAssembly.Memory;
  along(
    x: number,
    y: number,
    rows: number,
    from: number,
    to: number,
    channels: number,
    ...axis: AxisPlace
  ): void;
  down(x: number, y: number, to: number, rowBytes: number, ...axis: AxisPlace): void;
}

/** Where an axis lies in the memory. */
type AxisPlace = [firsts: number, pairs: number, coefficients: number, stride: number];

const PAGE = 65_536;
/** Below it lies what the compiler placed. */
const START = 1024;
/** Of the memory, which never shrinks: a picture that needs more goes the other way. */
const MOST_BYTES = 64 * 2 ** 20;
/** Of the picture that are copied at a time: they stay in a core's own cache until they are read. */
const BAND_BYTES = 2 ** 17;
/** Kernels read and write whole vectors. */
const VECTOR = 16;
/** As in assembly/index.ts. */
const LOW_BITS = 15;

/** Null where they can't be had. */
let kernels: Kernels | null | undefined;

/**
 * The passes in WebAssembly, several times as fast, to the same bytes.
 *
 * @returns undefined where the engine has no SIMD, or a page's policy forbids WebAssembly, or for a picture that is too large
 */
export function vectorPasses(
  data: Uint8Array | Uint8ClampedArray,
  { along, down, isVerticalFirst }: Axes,
  channels: number,
): Uint8Array<ArrayBuffer> | undefined {
  kernels ??= load();
  if (kernels === null) return undefined;
  const hasAlong = along.from !== along.to;
  const hasDown = down.from !== down.to;
  const fromRow = along.from * channels;
  const toRow = along.to * channels;
  const isAlongFirst = hasAlong && !(hasDown && isVerticalFirst);
  const bandRows = isAlongFirst ? Math.min(down.from, 4 * Math.ceil(BAND_BYTES / (4 * fromRow))) : down.from;

  const alongTable = tableOf(along);
  const downTable = tableOf(down);
  let end = START;
  const place = (length: number) => {
    const at = end;
    end += VECTOR * Math.ceil(length / VECTOR);
    return at;
  };
  /** Of rows that passes read: more than they have, as the kernels look beyond their taps. */
  const placeRows = (rows: number, length: number) =>
    place((rows + 1) * length + 2 * alongTable.stride * channels + VECTOR);
  const alongAt = place(alongTable.words.byteLength);
  const downAt = place(downTable.words.byteLength);
  const input = placeRows(bandRows, fromRow);
  const between = isAlongFirst ? placeRows(down.from, toRow) : placeRows(down.to, fromRow);
  const output = place(down.to * toRow + VECTOR);
  const { memory } = kernels;
  if (end > MOST_BYTES || !makeRoom(memory, end)) return undefined;
  const held = new Uint8Array(memory.buffer);
  new Int32Array(memory.buffer, alongAt).set(alongTable.words);
  new Int32Array(memory.buffer, downAt).set(downTable.words);
  const ofAlong = placesOf(alongAt, along, alongTable);
  const ofDown = placesOf(downAt, down, downTable);

  if (isAlongFirst) {
    const target = hasDown ? between : output;
    for (let row = 0; row < down.from; row += bandRows) {
      const rows = Math.min(bandRows, down.from - row);
      held.set(data.subarray(row * fromRow, (row + rows) * fromRow), input);
      kernels.along(input, target + row * toRow, rows, along.from, along.to, channels, ...ofAlong);
    }
    if (hasDown) kernels.down(between, output, down.to, toRow, ...ofDown);
  } else {
    held.set(data, input);
    kernels.down(input, hasAlong ? between : output, down.to, fromRow, ...ofDown);
    if (hasAlong) kernels.along(between, output, down.to, along.from, along.to, channels, ...ofAlong);
  }
  return held.slice(output, output + down.to * toRow);
}

/** At once, as browsers do with a module of less than 4096 bytes. */
function load(): Kernels | null {
  try {
    const module = new WebAssembly.Module(
      Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0)),
    );
    return new WebAssembly.Instance(module).exports as unknown as Kernels;
  } catch {
    return null;
  }
}

/** Whether the memory has so many bytes, once it has grown to them. */
function makeRoom(memory: WebAssembly.Memory, length: number): boolean {
  const missing = Math.ceil((length - memory.buffer.byteLength) / PAGE);
  try {
    if (missing > 0) memory.grow(missing);
    return true;
  } catch {
    return false;
  }
}

/** An axis as the kernels read it. */
interface AxisTable {
  readonly words: Int32Array;
  /** Of pairs of coefficients that each output has, an even number. */
  readonly stride: number;
}

const tables = new WeakMap<Axis, AxisTable>();

function tableOf(axis: Axis): AxisTable {
  const found = tables.get(axis);
  if (found !== undefined) return found;
  const { to, taps, first, coefficients, counts } = axis;
  const stride = 2 * Math.ceil(taps / 4);
  const words = new Int32Array(to * (2 + 2 * stride));
  words.set(first);
  for (let i = 0; i < to; i++) {
    words[to + i] = (counts[i]! + 1) >> 1;
    let at = 2 * to + 2 * stride * i;
    for (let t = 0; t < counts[i]!; t += 2) {
      const one = coefficients[i * taps + t]!;
      const other = t + 1 < counts[i]! ? coefficients[i * taps + t + 1]! : 0;
      words[at++] = lowOf(one) | (lowOf(other) << 16);
      words[at++] = ((one >> LOW_BITS) & 0xffff) | ((other >> LOW_BITS) << 16);
    }
  }
  const table = { words, stride };
  tables.set(axis, table);
  return table;
}

function lowOf(coefficient: number): number {
  return coefficient & ((1 << LOW_BITS) - 1);
}

function placesOf(at: number, { to }: Axis, { stride }: AxisTable): AxisPlace {
  return [at, at + 4 * to, at + 8 * to, stride];
}
