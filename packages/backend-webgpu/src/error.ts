/** Stable names for what went wrong; messages may change, these do not. */
export type WebgpuErrorCode =
  /** There is no WebGPU here, or no adapter. */
  | 'UNAVAILABLE'
  /** The device's limits are too small for what was asked. */
  | 'LIMIT'
  /** An option with a value that makes no sense. */
  | 'OPTION'
  /** The device is gone: a crash, a driver's reset, or `device.destroy()`. */
  | 'DEVICE_LOST'
  /** The device has no memory for a tensor, or no buffer as large. Where it had none left, what it computes after that is worthless. */
  | 'OUT_OF_MEMORY'
  /** The device refused a command: a fault of this package or of TensorFlow.js. */
  | 'VALIDATION'
  /** The device computes wrong numbers. */
  | 'SELF_CHECK'
  /** A kernel got tensors that it can't take. */
  | 'KERNEL'
  /** A recording was played with other inputs than it was made for. */
  | 'RECORDING';

export interface WebgpuProblem {
  /** The option or the part concerned, such as `webgpu: activations`. */
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  /** What to do about it, in full sentences. */
  readonly fix: string;
}

/** The webgpu backend can't do what was asked. The message is one line. */
export class WebgpuError extends Error implements WebgpuProblem {
  override readonly name = 'WebgpuError';
  readonly where: string;
  readonly expected: string;
  readonly received: string;
  readonly fix: string;

  constructor(
    readonly code: WebgpuErrorCode,
    { where, expected, received, fix }: WebgpuProblem,
    options?: ErrorOptions,
  ) {
    super(`${where}: expected ${expected}, received ${received}. ${fix}`, options);
    this.where = where;
    this.expected = expected;
    this.received = received;
    this.fix = fix;
  }
}
