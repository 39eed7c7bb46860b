/** Stable names for what went wrong; messages may change, these do not. */
export type CommandErrorCode =
  /** The command line asks for something that doesn't exist or fit together. */
  | 'USAGE'
  /** A run folder isn't there, is in use, or isn't one. */
  | 'RUN_FOLDER'
  /** A file that `--import` names fails. */
  | 'IMPORT'
  /** A file can't be read or written. */
  | 'FILE'
  /** A run that is computed again doesn't give what it has recorded. */
  | 'DIFFERENT'
  /** A package that came with the command doesn't load here. */
  | 'DEPENDENCY'
  /** A server for logs didn't get all of them. */
  | 'SERVER'
  /** A file can't be fetched, or what comes isn't it. */
  | 'DOWNLOAD';

export interface CommandProblem {
  /** The file or option concerned. */
  where: string;
  expected: string;
  received: string;
  /** What to do about it: one full sentence. */
  fix: string;
}

/** What the command throws for anything that its user can put right; the message is one line. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: CommandErrorCode,
    { where, expected, received, fix }: CommandProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
