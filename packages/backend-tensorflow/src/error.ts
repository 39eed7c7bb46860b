/** Stable names for what went wrong; messages may change, these do not. */
export type TensorflowErrorCode =
  /** TensorFlow can't be loaded here. */
  | 'UNAVAILABLE'
  /** A GPU was required, and TensorFlow uses none. */
  | 'NO_GPU'
  /** The addon could not be built. */
  | 'SETUP'
  /** An option has a value that makes no sense. */
  | 'OPTION';

export interface TensorflowProblem {
  /** The option or the part concerned, such as `tensorflow: threads`. */
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  /** What to do about it, in full sentences. */
  readonly fix: string;
}

/** The tensorflow backend can't do what was asked. The message is one line. */
export class TensorflowError extends Error implements TensorflowProblem {
  override readonly name = 'TensorflowError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: TensorflowErrorCode,
    { where, expected, received, fix }: TensorflowProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
