/** Stable names for what went wrong; messages may change, these do not. */
export type DataErrorCode =
  /** The bytes are not what the format prescribes: damaged, cut off, or another kind of file. */
  | 'FORMAT'
  /** Each part is valid, but they do not belong together. */
  | 'MISMATCH'
  /** Larger than allowed. */
  | 'LIMIT'
  /** A file is not there. */
  | 'NOT_FOUND'
  /** A function was called with a value it does not accept. */
  | 'ARGUMENT';

export interface DataProblem {
  /** The file or argument concerned, such as `train-labels-idx1-ubyte.gz`. */
  where: string;
  expected: string;
  received: string;
  /** What to do about it: one full sentence. */
  fix: string;
}

/** What every function of this package throws; the message is one line. */
export class DataError extends Error {
  override readonly name = 'DataError';

  constructor(
    readonly code: DataErrorCode,
    { where, expected, received, fix }: DataProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
  }
}
