/** Stable names for what went wrong; messages may change, these do not. */
export type ModelsErrorCode =
  /** No network of this name and version. */
  | 'UNKNOWN'
  /** A network of this name and version is there already. */
  | 'TAKEN'
  /** A network can't begin as a shallower one. */
  | 'DEEPER'
  /** A row has a value that makes no sense. */
  | 'OPTION';

export interface ModelsProblem {
  /** The function and the argument concerned, such as `defineModel: name`. */
  where: string;
  expected: string;
  received: string;
  /** What to do about it, in full sentences. */
  fix: string;
}

/** What the registry throws; the message is one line. */
export class ModelsError extends Error implements ModelsProblem {
  override readonly name = 'ModelsError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: ModelsErrorCode,
    { where, expected, received, fix }: ModelsProblem,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
