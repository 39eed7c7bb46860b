export type TensorflowErrorCode =
  /** TensorFlow can't be loaded here. */
  | 'UNAVAILABLE'
  /** A GPU was required, and TensorFlow uses none. */
  | 'NO_GPU'
  /** The addon could not be built. */
  | 'SETUP'
  | 'OPTION';

/** The tensorflow backend can't do what was asked. The message says where, expected, received and the fix. */
export class TensorflowError extends Error {
  override readonly name = 'TensorflowError';

  constructor(
    readonly code: TensorflowErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
