/** What the command was asked for, checked. */
export interface Settings {
  threads: number;
  /** At most this many measurements of each peer. */
  rounds?: number;
  /** Steps of one measurement, in place of the work's. */
  steps?: number;
  /** Whether to ask where the time of a step goes, too. */
  layers?: boolean;
  /** In place of the work's. */
  batchSize?: number;
  /** An interpreter with torch. */
  python?: string;
  /** A folder whose node_modules has a working @tensorflow/tfjs-node. */
  tfjsNode?: string;
}
