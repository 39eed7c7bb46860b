/** Stable names for what went wrong; messages may change, these do not. */
export type InspectErrorCode =
  /** No convolution of this path. */
  | 'PATH'
  /** The model knows no class of this number. */
  | 'CLASS';

export interface InspectProblem {
  /** The function and the argument concerned, such as `gradCam: path`. */
  where: string;
  expected: string;
  received: string;
  /** What to do about it, in full sentences. */
  fix: string;
}

/** What every function of this package throws; the message is one line. */
export class InspectError extends Error implements InspectProblem {
  override readonly name = 'InspectError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: InspectErrorCode,
    { where, expected, received, fix }: InspectProblem,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
