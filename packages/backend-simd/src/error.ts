export type SimdErrorCode = 'UNSUPPORTED' | 'OPTION' | 'OUT_OF_MEMORY' | 'KERNEL' | 'SCOPE' | 'SHAPE';

/** The simd backend can't do what was asked. The message says where, expected, received and the fix. */
export class SimdError extends Error {
  override readonly name = 'SimdError';

  constructor(
    readonly code: SimdErrorCode,
    message: string,
  ) {
    super(message);
  }
}
