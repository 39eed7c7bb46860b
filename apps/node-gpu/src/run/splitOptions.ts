import type { LoadedData, Piece } from '@residual/data';
import { heldOutOf, type RunConfig } from '@residual/runs';
import type { Command } from 'commander';
import { CommandError } from '../error.js';
import { shares, wholeNumber } from '../values.js';

/** What the command line says of how pictures that come in no parts are divided. */
export interface SplitOptions {
  group?: string;
  shares?: readonly [train: number, validation: number, test: number];
  splitSeed?: number;
}

const NAMES = ['group', 'shares', 'splitSeed'] as const;

export function addSplitOptions(command: Command): Command {
  return command
    .option(
      '--group <pattern>',
      "a regular expression that finds in a picture's path who is shown, such as patient-\\d+: all of one are in one part",
    )
    .option(
      '--shares <a/b/c>',
      'how many of 100 pictures to train on, to validate and to test with, where they come in no parts; default: 80/10/10',
      shares('--shares'),
    )
    .option(
      '--split-seed <n>',
      'decides which pictures those are; default: 0',
      wholeNumber('--split-seed', 0),
    );
}

/** A source's row with what was given. */
export function withSplit(row: Piece, options: SplitOptions): Piece {
  const given = NAMES.filter((name) => options[name] !== undefined);
  return given.length === 0
    ? row
    : { ...row, ...Object.fromEntries(given.map((name) => [name, options[name]])) };
}

/** The same pictures in another place are read and divided as before; what another source can be told, only as far as all can. */
export function movedTo(row: Piece, before: Piece): Piece {
  return row.name === before.name ? { ...before, ...row } : withSplit(row, before as SplitOptions);
}

/** Each option as it was given, and what the run has that goes on. */
export function splitPairs(
  options: SplitOptions,
  row: Piece,
): [option: string, given: string | number | undefined, kept: string | number | null][] {
  const before = row as SplitOptions;
  return [
    ['--group', options.group, before.group ?? null],
    ['--shares', options.shares?.join('/'), (before.shares ?? [80, 10, 10]).join('/')],
    ['--split-seed', options.splitSeed, before.splitSeed ?? 0],
  ];
}

/** A recipe's number is clipped without a word: it is made for larger data. */
export function requireHoldOut(holdOut: number | undefined, config: RunConfig, data: LoadedData): void {
  if (holdOut === undefined || data.validation !== undefined) return;
  const { limit } = config.training;
  const length = Math.min(data.train.length, limit ?? data.train.length);
  const most = heldOutOf({ length }, holdOut);
  if (most === holdOut) return;
  throw new CommandError('USAGE', {
    where: '--hold-out',
    expected: `at most ${most}, a tenth of the ${length} images to train on`,
    received: String(holdOut),
    fix: 'Hold out fewer, or let --shares divide pictures that come in no parts.',
  });
}
