/** Stable names for what went wrong; messages may change, these do not. */
export type OpsErrorCode =
  /** A tensor's shape doesn't fit the operation, or the others. */
  | 'SHAPE'
  /** An argument has a value or a type that makes no sense. */
  | 'OPTION'
  /** A tensor was made by another copy of TensorFlow.js. */
  | 'TWO_COPIES'
  /** No backend can run here, or not the one that is required. */
  | 'BACKEND';

export interface OpsProblem {
  /** The operation and its argument, such as `conv2d: groups`. */
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  /** What to do about it, in full sentences. */
  readonly fix: string;
}

/** An operation or a backend was asked for something it can't do. The message is one line. */
export class OpsError extends Error implements OpsProblem {
  override readonly name = 'OpsError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: OpsErrorCode,
    { where, expected, received, fix }: OpsProblem,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
