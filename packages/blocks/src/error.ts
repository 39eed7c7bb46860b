/** Stable names for what went wrong; messages may change, these do not. */
export type BlocksErrorCode =
  /** A parameter or buffer has no value yet. */
  | 'NOT_INITIALIZED'
  /** There is nothing left to create. */
  | 'ALREADY_INITIALIZED'
  /** `forward` leaves a parameter out. */
  | 'UNUSED'
  /** A tensor doesn't fit a layer, or a layer what it was initialised for. */
  | 'SHAPE'
  /** An option has a value that makes no sense. */
  | 'OPTION'
  /** A state doesn't fit the model. */
  | 'STATE'
  /** No module of this path, or one that has no feature maps. */
  | 'PATH'
  /** A module that draws random numbers runs in training without a seed. */
  | 'RANDOMNESS'
  /** An initialiser lacks what it goes by. */
  | 'INITIALIZER';

export interface BlocksProblem {
  /** The layer, the function or the parameter's path, such as `stages.0.0.conv1: groups`. */
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  /** What to do about it, in full sentences. */
  readonly fix: string;
}

/** A model was asked for something it can't do. The message is one line. */
export class BlocksError extends Error implements BlocksProblem {
  override readonly name = 'BlocksError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: BlocksErrorCode,
    { where, expected, received, fix }: BlocksProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
