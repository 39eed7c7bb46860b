/** What a look around found: all that a diagnosis needs. */
export interface Findings {
  platform: NodeJS.Platform;
  /** Of the processor, as `process.arch` names it. */
  arch: string;
  /** Of Node, such as 24.21.0. */
  node: string;
  /** The processor's name. */
  processor: string;
  installation?: Installation;
  /** What loading the addon did; absent where there is none, or where nothing would have come of it. */
  attempt?: Attempt;
  /** What nvidia-smi lists. */
  gpus: Gpu[];
}

/** tfjs-node's package in a folder, and the native addon that goes with it. */
export interface Installation {
  packageName: string;
  packageVersion: string;
  /** Of the package. */
  folder: string;
  /** Where the addon is, or should be. */
  addon: string;
  hasAddon: boolean;
  /** The files beside the addon. */
  addonNeighbours: string[];
  /** Who built the addon: the package's installer, or `setupTensorflow` against this folder's library. */
  builtBy: { name: 'installer' } | { name: 'setup'; library: string; hasLibrary: boolean };
}

export type Attempt =
  | {
      isLoaded: true;
      /** Of TensorFlow. */
      version: string;
      usesGpu: boolean;
      /** The shared libraries of TensorFlow that were loaded. */
      libraries: string[];
      /** What TensorFlow wrote on stderr. */
      log: string;
    }
  | {
      isLoaded: false;
      error: string;
      /** That ended the process. */
      signal?: string;
    };

export interface Gpu {
  name: string;
  /** In MiB. */
  memory: number;
  driver: string;
}
