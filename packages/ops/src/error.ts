export type OpsErrorCode = 'SHAPE' | 'OPTION' | 'TWO_COPIES' | 'BACKEND';

/** An operation or a backend was asked for something it can't do. The message says where, expected, received and the fix. */
export class OpsError extends Error {
  override readonly name = 'OpsError';

  constructor(
    readonly code: OpsErrorCode,
    message: string,
  ) {
    super(message);
  }
}
