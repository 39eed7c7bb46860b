/** Stable names for what went wrong; messages may change, these do not. */
export type SimdErrorCode =
  /** The engine has no WebAssembly SIMD, or starts no worker. */
  | 'UNSUPPORTED'
  /** An option has a value that makes no sense. */
  | 'OPTION'
  /** The backend's memory is full, or the system grants none. */
  | 'OUT_OF_MEMORY'
  /** There is no such kernel, or it failed. */
  | 'KERNEL'
  /** Scratch memory was asked for outside a kernel. */
  | 'SCOPE'
  /** A recording was played after its end, or with other inputs. */
  | 'RECORDING';

export interface SimdProblem {
  /** The option or the kernel concerned, such as `simd: threads`. */
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  /** What to do about it, in full sentences. */
  readonly fix: string;
}

/** The simd backend can't do what was asked. The message is one line. */
export class SimdError extends Error implements SimdProblem {
  override readonly name = 'SimdError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: SimdErrorCode,
    { where, expected, received, fix }: SimdProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
