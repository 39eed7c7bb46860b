/** Stable names for what went wrong; messages may change, these do not. */
export type RunsErrorCode =
  /** An option or a field of a configuration has a value that makes no sense. */
  | 'OPTION'
  /** A file is of another version of this library than can be read. */
  | 'VERSION'
  /** A configuration names a model, step, loss or optimizer that nothing has defined. */
  | 'MISSING_PIECE'
  /** There is nothing to resume, or something that no run wrote. */
  | 'RESUME'
  /** A model file is another kind of file, damaged, or another network's. */
  | 'MODEL'
  /** The pictures are not those that the task speaks of. */
  | 'DATA'
  /** TensorFlow.js has no backend to hold a network's weights. */
  | 'BACKEND';

export interface RunsProblem {
  /** The option, field or file concerned, such as `training.epochs`. */
  where: string;
  expected: string;
  received: string;
  /** What to do about it, in full sentences. */
  fix: string;
}

/** What every function of this package throws; the message is one line. */
export class RunsError extends Error {
  override readonly name = 'RunsError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: RunsErrorCode,
    { where, expected, received, fix }: RunsProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
