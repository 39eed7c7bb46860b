export type ConformanceErrorCode =
  /** Another backend is active than the one that was to be tested. */
  | 'BACKEND'
  /** A fixture could not be read, or is not what the suite expects. */
  | 'FIXTURE'
  /** A result has the wrong shape or type. */
  | 'SHAPE'
  /** A result differs from what it must be. */
  | 'VALUE'
  /** The same call gave other bits the second time. */
  | 'BITS'
  /** A picture's result depends on the other pictures of its batch where it must not. */
  | 'BATCH'
  /** A tensor or memory of the backend stayed behind. */
  | 'LEAK'
  /** An operation changed one of its inputs. */
  | 'INPUT'
  /** The backend has no kernel of its own for an operation. */
  | 'REFERENCE';

/** A backend is not conformant (or could not be tested). The message says where, what was expected and what came. */
export class ConformanceError extends Error {
  override readonly name = 'ConformanceError';

  constructor(
    readonly code: ConformanceErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
