/** Stable names for what went wrong; messages may change, these do not. */
export type WeightsErrorCode =
  /** The bytes are not a valid file: damaged, cut off, or another kind of file. */
  | 'FORMAT'
  /** Larger than allowed. */
  | 'LIMIT'
  /** The file asks for code to be run; none was. */
  | 'UNSAFE'
  /** The weights are not those of the network that was asked for. */
  | 'MISMATCH'
  /** A function was called with a value it does not accept. */
  | 'ARGUMENT';

export interface WeightsProblem {
  /** The file, and the field in it, such as `best.safetensors: tensor "stem.conv.weight", shape`. */
  where: string;
  expected: string;
  received: string;
  /** What to do about it: one full sentence. */
  fix: string;
}

/** What every function of this package throws; the message is one line. */
export class WeightsError extends Error implements WeightsProblem {
  override readonly name = 'WeightsError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: WeightsErrorCode,
    { where, expected, received, fix }: WeightsProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}

/** A piece of a file's text in quotes, escaped and cut short, so that it cannot break or flood a message. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
