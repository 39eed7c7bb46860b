/** Stable names for what went wrong; messages may change, these do not. */
export type InspectErrorCode =
  /** No module or parameter of this path, or one that has no feature maps. */
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
export class InspectError extends Error {
  override readonly name = 'InspectError';

  constructor(
    readonly code: InspectErrorCode,
    { where, expected, received, fix }: InspectProblem,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`);
  }
}
