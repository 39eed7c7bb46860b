import type { DataProblem } from '@residual/data';

/** Stable names for what went wrong; messages may change, these do not. */
export type PicturesErrorCode =
  /** The file holds no picture that can be decoded: another kind of file, damaged, cut off or too large. */
  | 'PICTURE'
  /** The file can't be read. */
  | 'FILE'
  /** A picture that a step can't take, or that is not what the task says when the steps are done. */
  | 'MISMATCH'
  /** A step is asked for by a name that nothing in this program defines. */
  | 'NOT_REGISTERED'
  /** A package that decodes is not installed. */
  | 'DEPENDENCY'
  /** A function was called with a value it does not accept. */
  | 'ARGUMENT';

/** What every function of this package throws; the message is one line, its parts are kept as properties. */
export class PicturesError extends Error implements DataProblem {
  override readonly name: string = 'PicturesError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: PicturesErrorCode,
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
