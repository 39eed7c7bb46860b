/** Stable names for what went wrong; messages may change, these do not. */
export type TorchrunErrorCode =
  /** The run uses something that doesn't exist over there. */
  | 'UNSUPPORTED'
  /** The run is over, or can't be handed over as it is. */
  | 'RUN'
  /** The folder to write is in use. */
  | 'FOLDER';

export interface TorchrunProblem {
  /** The field or file concerned, such as `training.loss`. */
  where: string;
  expected: string;
  received: string;
  /** What to do about it, in full sentences. */
  fix: string;
}

/** What every function of this package throws; the message is one line. */
export class TorchrunError extends Error {
  override readonly name = 'TorchrunError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: TorchrunErrorCode,
    { where, expected, received, fix }: TorchrunProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
