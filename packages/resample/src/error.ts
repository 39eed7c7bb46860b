/** Stable names for what went wrong; messages may change, these do not. */
export type ResampleErrorCode =
  /** A function was called with a value it does not accept. */
  'ARGUMENT';

export interface ResampleProblem {
  /** The function and its argument, such as `resizePicture: height`. */
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  /** What to do about it: one full sentence. */
  readonly fix: string;
}

/** What every function of this package throws; the message is one line. */
export class ResampleError extends Error implements ResampleProblem {
  override readonly name = 'ResampleError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: ResampleErrorCode,
    { where, expected, received, fix }: ResampleProblem,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
