import type { ConvolutionFacts } from './convolutionLayers.ts';

/** A backend of TensorFlow.js that is the active one now. */
export interface Loaded {
  /** What it is, and what it runs on. */
  description: string;
  versions: Record<string, string>;
  /** As it uses them. */
  threads: number;
  /** How it computes a convolution, where it can tell. */
  algorithmOf?(facts: ConvolutionFacts): string;
}

export interface LoadOptions {
  /** How many threads to use, where the backend has threads. */
  threads: number;
  /** Where to look for the backend's package. Default: here. */
  folder?: string;
}
