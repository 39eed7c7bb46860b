/** What a backend is tested against. */
export interface ConformanceOptions {
  /** The backend's name. It must be tfjs's active backend when the cases run: a silent fallback fails. */
  backend: string;
  /** Fail if the backend lacks a kernel of its own for any operation. Default false: the references may run. */
  requireKernels?: boolean;
  /** Fail if a picture's result depends on its batch inside ops' `batchFree`. Default false: not every backend can promise it. */
  batchFree?: boolean;
  /** Also run the chapter's whole ResNet-18 and other full-size networks: minutes on a slow backend. Default false. */
  large?: boolean;
  /** The largest difference, as a share of a tensor's largest value. Default 1e-5 forward and 1e-4 for gradients. */
  tolerance?: { forward?: number; gradient?: number };
  /** Bytes that the backend has in use now; given, the suite also checks that they come back. */
  memory?: () => number;
  /** The folder of the fixtures as an address that ends in a slash. Default: this package's own. */
  fixtures?: string | URL;
}

/** Options with their defaults. */
export interface Context {
  readonly backend: string;
  readonly requireKernels: boolean;
  readonly batchFree: boolean;
  readonly large: boolean;
  readonly tolerance: { readonly forward: number; readonly gradient: number };
  readonly memory: () => number;
  readonly fixtures: string | URL | undefined;
}

export function contextOf(options: ConformanceOptions): Context {
  return {
    backend: options.backend,
    requireKernels: options.requireKernels ?? false,
    batchFree: options.batchFree ?? false,
    large: options.large ?? false,
    tolerance: { forward: options.tolerance?.forward ?? 1e-5, gradient: options.tolerance?.gradient ?? 1e-4 },
    memory: options.memory ?? (() => 0),
    fixtures: options.fixtures,
  };
}
