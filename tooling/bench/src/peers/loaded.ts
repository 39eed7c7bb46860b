import type { WebgpuOptions } from '@residual/backend-webgpu';
import type { StepProfile } from '../protocol.ts';
import type { ConvolutionFacts } from './convolutionLayers.ts';
import type { Steps } from './step.ts';

/** A backend of TensorFlow.js that is the active one now. */
export interface Loaded {
  /** What it is, and what it runs on. */
  description: string;
  versions: Record<string, string>;
  /** As it uses them. */
  threads: number;
  /** How it computes a convolution, where it can tell. */
  algorithmOf?(facts: ConvolutionFacts): string;
  /** Milliseconds that kernels take while `run` does, recorded ones too, where they are done when they return. */
  timeKernels?(run: () => Promise<void>): Promise<number>;
  /** Where the time of a step goes, where only the backend can tell. */
  profile?(work: Steps, steps: number): Promise<StepProfile | undefined>;
}

export interface LoadOptions {
  /** How many threads to use, where the backend has threads. */
  threads: number;
  /** Where to look for the backend's package. Default: here. */
  folder?: string;
  /** How webgpu keeps the tensors between layers. */
  activations?: WebgpuOptions['activations'];
}
