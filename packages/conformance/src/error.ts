/** Stable names for what went wrong; messages may change, these do not. */
export type ConformanceErrorCode =
  /** Another backend is active than the one that was to be tested. */
  | 'BACKEND'
  /** A fixture could not be read, or is not what the suite expects. */
  | 'FIXTURE'
  /** A result has the wrong shape or type. */
  | 'SHAPE'
  /** A result differs from what it must be. */
  | 'VALUE'
  /** The same call gave other bits the second time. */
  | 'BITS'
  /** A picture's result depends on the other pictures of its batch where it must not. */
  | 'BATCH'
  /** A tensor or memory of the backend stayed behind. */
  | 'LEAK'
  /** An operation changed one of its inputs. */
  | 'INPUT'
  /** The backend has no kernel of its own for an operation. */
  | 'REFERENCE';

export interface ConformanceProblem {
  /** The case, and the position in its result, such as `conv2d [2, 5, 5, 3]: dx[0, 1, 2, 0]`. */
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  /** What to do about it, in full sentences. */
  readonly fix: string;
}

/** A backend is not conformant (or could not be tested). The message is one line. */
export class ConformanceError extends Error implements ConformanceProblem {
  override readonly name = 'ConformanceError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: ConformanceErrorCode,
    { where, expected, received, fix }: ConformanceProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
