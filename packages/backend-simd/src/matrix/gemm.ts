import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { SimdBackend } from '../backend.js';
import { chooseBlocks, sliceDepth } from './gemmBlocks.js';
import type { GemmView } from './gemmView.js';

/** b of each group: element (k, column), seen through steps in floats, k being (tap row, tap column, channel). */
export interface GemmFilter {
  pointer: number;
  /** Whose values they are, where its panels may serve later calls. */
  tensor?: TensorInfo | undefined;
  steps: { group: number; tapRow: number; tapColumn: number; channel: number; column: number };
}

/** Where c goes: [images, rows, columns] positions, each with the columns of all groups side by side. */
export interface GemmResult {
  pointer: number;
  steps: { image: number; row: number; column: number };
}

export interface GemmProblem {
  a: GemmView;
  b: GemmFilter;
  c: GemmResult;
  groups: number;
  /** Columns of b and c, of each group. */
  columns: number;
  /** Byte pointer to a float for each column of all groups; 0: none. */
  bias: number;
}

/** c = a b + bias, for each group; see assembly/gemm.ts for how. Runs inside a kernel's scope. */
export function gemm(backend: SimdBackend, { a, b, c, groups, columns, bias }: GemmProblem): void {
  if (a.images * a.rows * a.columns * groups * columns === 0) return;
  const width = panelWidth(backend, columns);
  const k = a.tapRows * a.tapColumns * a.channels;
  const panels = packFilter(backend, { a, b, groups, columns, width });
  const groupPanels = Math.ceil(columns / width);
  const { blockImages, blockRows, parts } = chooseBlocks(a, groups * groupPanels, backend.threads);
  const { window } = a;
  const rowFloats = window === undefined ? 0 : window.windowWidth * window.pixel;
  const windowRows = window === undefined ? 0 : (blockRows - 1) * window.stride + window.span;
  const imageStep = window === undefined ? a.steps.image : windowRows * rowFloats;
  const tables = 4 * (k + 2 * blockImages * blockRows * a.columns);
  const scratchBytes = aligned(512 + tables + 64) + 4 * blockImages * windowRows * rowFloats;
  const { image, row, column } = c.steps;
  const even =
    (a.rows === 1 || row === a.columns * column) && (a.images === 1 || image === a.rows * a.columns * column);
  backend.run(
    { kernel: 'gemm', work: (a.images * a.rows * a.columns * groups * columns * k) / 4 },
    ...[a.pointer, panels, spreadBias(backend, { bias, groups, columns, width }), c.pointer],
    ...[0, backend.scratch(scratchBytes * backend.threads), scratchBytes],
    ...[a.images, window?.height ?? 0, window?.width ?? 0, window?.pixel ?? 0],
    ...[window === undefined ? 0 : 1, window?.top ?? 0, window?.left ?? 0],
    ...[window?.windowWidth ?? 0, window?.stride ?? 0, window?.span ?? 0],
    ...[a.rows, a.columns, imageStep, a.steps.row, a.steps.column],
    ...[a.tapRows, a.tapColumns, a.channels, a.steps.tapRow, a.steps.tapColumn, a.steps.channel],
    ...[groups, columns, width],
    ...[image, row, column, even && bias === 0 ? 1 : 0],
    ...[sliceDepth(k), blockImages, blockRows, parts],
  );
}

/** Columns of a panel: a power of two that the engine's tiles like, but no wider than needed. */
export function panelWidth(backend: SimdBackend, columns: number): number {
  return columns <= 8 ? 8 : backend.tileWidth;
}

/** b in the order in which the tiles read it; returns a byte pointer. */
export function packFilter(
  backend: SimdBackend,
  {
    a,
    b,
    groups,
    columns,
    width,
  }: Pick<GemmProblem, 'b' | 'groups' | 'columns'> & {
    a: Pick<GemmView, 'tapRows' | 'tapColumns' | 'channels'>;
    width: number;
  },
): number {
  const { tapRows, tapColumns, channels } = a;
  const { group, tapRow, tapColumn, channel, column } = b.steps;
  // A matrix that is one panel already, row after row.
  const rowsInOrder =
    tapColumn === channels * channel && (tapRows === 1 || tapRow === tapColumns * tapColumn);
  if (groups === 1 && columns === width && column === 1 && channel === width && rowsInOrder) return b.pointer;
  const floats = groups * Math.ceil(columns / width) * width * tapRows * tapColumns * channels;
  return backend.rearranged(b.tensor, `panels of ${width}`, 4 * floats, (panels) =>
    backend.run(
      { kernel: 'packPanels', work: 4 * floats },
      ...[b.pointer, panels, groups, group, tapRows, tapColumns, channels, columns],
      ...[tapRow, tapColumn, channel, column, width],
    ),
  );
}

/**
 * The bias as the panels need it: each group's last panel filled up with zeros, zeros alone where there is none. They are -0:
 * added, that changes no bit, not even of a sum that has underflowed to -0, so that it doesn't matter which tiles are written
 * straight to c (assembly/gemm.ts).
 */
export function spreadBias(
  backend: SimdBackend,
  { bias, groups, columns, width }: Pick<GemmProblem, 'bias' | 'groups' | 'columns'> & { width: number },
): number {
  const groupFloats = Math.ceil(columns / width) * width;
  const pointer = backend.constants(4 * groups * groupFloats, (to) =>
    backend.floats.fill(-0, to / 4, to / 4 + groups * groupFloats),
  );
  if (bias === 0) return pointer;
  for (let group = 0; group < groups; group++)
    backend.copy(bias + 4 * group * columns, pointer + 4 * group * groupFloats, columns);
  return pointer;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / 64) * 64;
}
