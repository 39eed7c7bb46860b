/** Stable names for what went wrong; messages may change, these do not. */
export type LogsErrorCode =
  /** A server did not answer, or not in time, or has a fault: it may do so later. */
  | 'UNREACHABLE'
  /** A server doesn't take what it is sent: trying again doesn't help. */
  | 'REFUSED';

/** What this package throws; the message is one line, its parts are kept as properties. */
export class LogsError extends Error {
  override readonly name = 'LogsError';
  /** The address. */
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  /** What to do about it, in full sentences. */
  readonly fix: string;

  constructor(
    readonly code: LogsErrorCode,
    problem: { where: string; expected: string; received: string; fix: string },
    options?: ErrorOptions,
  ) {
    const { where, expected, received, fix } = problem;
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
