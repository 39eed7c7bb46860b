/** What stopped the command; the message is one line. */
export class EmojiError extends Error {
  override readonly name = 'EmojiError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(where: string, expected: string, received: string, fix: string) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
