export type BlocksErrorCode =
  | 'NOT_INITIALIZED'
  | 'ALREADY_INITIALIZED'
  | 'UNUSED'
  | 'SHAPE'
  | 'OPTION'
  | 'STATE'
  | 'PATH'
  | 'INITIALIZER';

/** A model was asked for something it can't do. The message says where, expected, received and the fix. */
export class BlocksError extends Error {
  override readonly name = 'BlocksError';

  constructor(
    readonly code: BlocksErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
