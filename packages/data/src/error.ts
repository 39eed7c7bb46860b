/** Stable names for what went wrong; messages may change, these do not. */
export type DataErrorCode =
  /** The bytes or the value are not what the format prescribes: damaged, cut off, or another kind of file. */
  | 'FORMAT'
  /** The format is known, but in another version than this. */
  | 'VERSION'
  /** Each part is valid, but they do not belong together. */
  | 'MISMATCH'
  /** Larger than allowed. */
  | 'LIMIT'
  /** A file is not there. */
  | 'NOT_FOUND'
  /** A file or folder is there, and may not be read. */
  | 'PERMISSION'
  /** Made so as to lead a reader astray: a path that leaves its folder or archive. */
  | 'UNSAFE'
  /** A piece is asked for by a name that nothing in this program defines. */
  | 'NOT_REGISTERED'
  /** A function was called with a value it does not accept. */
  | 'ARGUMENT';

export interface DataProblem {
  /** The file or argument concerned, such as `train-labels-idx1-ubyte.gz`. */
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  /** What to do about it: one full sentence. */
  readonly fix: string;
}

/** What every function of this package throws; the message is one line, its parts are kept as properties. */
export class DataError extends Error implements DataProblem {
  override readonly name: string = 'DataError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: DataErrorCode,
    { where, expected, received, fix }: DataProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
