/** What a device was asked to do. */
export interface Counts {
  dispatches: number;
  submits: number;
  /** Bytes of the storage buffers that dispatches bind, each as often as it is bound. */
  boundBytes: number;
  /** Bytes that are copied from one buffer to another. */
  copiedBytes: number;
  /** Bytes that came from the host. */
  uploadedBytes: number;
  /** Buffers that were created. */
  buffers: number;
  /** Bytes of the storage buffers that exist: not a count of a step, but what it needs. */
  memoryBytes: number;
  /** Dispatches by the name of their kernel. */
  kernels: Map<string, number>;
}

/** This repository's kernels, the same with activations in float16, or TensorFlow.js's own backend with our operations' references. */
export type Engine = (typeof ENGINES)[number];

export const ENGINES = ['residual', 'float16', 'tfjs'] as const;

/** Of one step, as JSON holds it. */
export type StepCounts = Omit<Counts, 'kernels'> & { kernels: Record<string, number> };

export function noCounts(): Counts {
  return {
    dispatches: 0,
    submits: 0,
    boundBytes: 0,
    copiedBytes: 0,
    uploadedBytes: 0,
    buffers: 0,
    memoryBytes: 0,
    kernels: new Map(),
  };
}

/** What `after` has more than `before`, for each of `steps` steps. */
export function countsPerStep(before: Counts, after: Counts, steps: number): Counts {
  const share = (name: Exclude<keyof Counts, 'kernels'>) => (after[name] - before[name]) / steps;
  const kernels = [...after.kernels]
    .map(([name, count]): [string, number] => [name, (count - (before.kernels.get(name) ?? 0)) / steps])
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a);
  return {
    dispatches: share('dispatches'),
    submits: share('submits'),
    boundBytes: share('boundBytes'),
    copiedBytes: share('copiedBytes'),
    uploadedBytes: share('uploadedBytes'),
    buffers: share('buffers'),
    memoryBytes: after.memoryBytes,
    kernels: new Map(kernels),
  };
}

export function copyOf(counts: Counts): Counts {
  return { ...counts, kernels: new Map(counts.kernels) };
}
