/** One thing to check. A failing `run` rejects, usually with a `ConformanceError`. */
export interface ConformanceCase {
  /** What it belongs to: an operation, `kernels`, `batchFree`, `blocks` or `networks`. */
  readonly group: string;
  /** Unique within its group. */
  readonly name: string;
  run(): Promise<void>;
}
