import type { EpochFigures } from './points.js';

const COLUMNS = [
  'epoch',
  'step',
  'trainLoss',
  'trainAccuracy',
  'validationLoss',
  'validationAccuracy',
  'learningRate',
] as const satisfies readonly (keyof EpochFigures)[];

/**
 * A history as CSV (RFC 4180, but for its line ends): a row an epoch, under the names that `history.json` has. Numbers are as exact as
 * in JSON; what there isn't is empty.
 */
export function historyCsv(history: readonly EpochFigures[]): string {
  const rows = history.map((record) => COLUMNS.map((column) => record[column] ?? '').join(','));
  return `${[COLUMNS.join(','), ...rows].join('\n')}\n`;
}
