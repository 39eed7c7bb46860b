/** Stable names for what went wrong; messages may change, these do not. */
export type TrainerErrorCode =
  /** An option has a value that makes no sense. */
  | 'OPTION'
  /** The optimizer or the loss is one that no imported module defines. */
  | 'NOT_REGISTERED'
  /** The loss or a gradient is NaN or infinite: the run can't go on. */
  | 'NON_FINITE'
  /** A checkpoint belongs to another run or another model. */
  | 'MISMATCH'
  /** A checkpoint is damaged, cut off, or no checkpoint at all. */
  | 'FORMAT'
  /** A checkpoint was written by another version of this library. */
  | 'VERSION'
  /** The device has no memory for a batch of this size. The model's values may be gone: make the backend and it again. */
  | 'OUT_OF_MEMORY'
  /** The storage refused: no space, no permission, a failing disk. */
  | 'STORAGE'
  /** Another tab or worker is using the folder. */
  | 'IN_USE';

export interface TrainerProblem {
  /** The option, file or step concerned, such as `maxEpochs`. */
  where: string;
  expected: string;
  received: string;
  /** What to do about it, in full sentences. */
  fix: string;
}

/** What every function of this package throws; the message is one line, its parts are kept as properties. */
export class TrainerError extends Error implements TrainerProblem {
  override readonly name = 'TrainerError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: TrainerErrorCode,
    { where, expected, received, fix }: TrainerProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}

/**
 * The code of an error, by which errors are known: the class of one that comes from another realm, as Node's own do in a
 * test runner that has one a file, is another.
 */
export function codeOf(error: unknown): string | undefined {
  const isCoded = typeof error === 'object' && error !== null && 'code' in error;
  return isCoded && typeof error.code === 'string' ? error.code : undefined;
}

export function messageOf(error: unknown): string {
  const isError = typeof error === 'object' && error !== null && 'message' in error;
  return isError ? String(error.message) : String(error);
}

export interface NumberRule {
  /** What is asked for, such as `a number of at least 0`. */
  expected: string;
  accepts(value: number): boolean;
}

export const positiveInteger: NumberRule = {
  expected: 'an integer of at least 1',
  accepts: (value) => Number.isSafeInteger(value) && value >= 1,
};

export const positive: NumberRule = {
  expected: 'a number above 0',
  accepts: (value) => Number.isFinite(value) && value > 0,
};

export const finite: NumberRule = {
  expected: 'a finite number',
  accepts: Number.isFinite,
};

export const notNegative: NumberRule = {
  expected: 'a number of at least 0',
  accepts: (value) => Number.isFinite(value) && value >= 0,
};

export const belowOne: NumberRule = {
  expected: 'a number of at least 0 and below 1',
  accepts: (value) => value >= 0 && value < 1,
};

export const notNegativeInteger: NumberRule = {
  expected: 'an integer of at least 0',
  accepts: (value) => Number.isSafeInteger(value) && value >= 0,
};

export const shareAboveZero: NumberRule = {
  expected: 'a number above 0 and at most 1',
  accepts: (value) => value > 0 && value <= 1,
};

export const betweenZeroAndOne: NumberRule = {
  expected: 'a number above 0 and below 1',
  accepts: (value) => value > 0 && value < 1,
};

/** @throws TrainerError `OPTION` naming the option, unless the rule accepts its value. */
export function requireNumber(where: string, value: number, rule: NumberRule, fix = 'Correct it.'): void {
  if (typeof value === 'number' && rule.accepts(value)) return;
  // A text of digits is not the number that it looks like.
  const received = typeof value === 'string' ? `'${value}'` : String(value);
  throw new TrainerError('OPTION', { where, expected: rule.expected, received, fix });
}
