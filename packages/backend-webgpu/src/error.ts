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
  | 'KERNEL';

/** The webgpu backend can't do what was asked. The message says where, expected, received and the fix. */
export class WebgpuError extends Error {
  override readonly name = 'WebgpuError';

  constructor(
    readonly code: WebgpuErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
