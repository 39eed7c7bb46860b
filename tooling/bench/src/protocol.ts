import type { ModelName } from '@residual/models';
import type { FamilyName } from '@residual/models/family';

export type TaskKind =
  /** Forward, backward and SGD with momentum on one batch; the same made-up pictures each step. */
  | 'training'
  /** The same of the head alone: forward in eval mode up to there, nothing backward beyond it. */
  | 'frozen training'
  /** The logits of one batch in eval mode; the same. */
  | 'inference'
  /** Picture files to batches: decoded, the shorter side made 147 pixels, antialiased, the middle cut out and mirrored at random; a step is every picture once. */
  | 'decoding'
  /** Training on batches of pictures that training's steps change anew, read from a pack or held in memory. */
  | 'packed training'
  /** Pictures from a pack once through a frozen trunk, and a head solved on their features, a tenth of which validates, or their logits alone. */
  | 'frozen stage'
  /** Steps of a run, whose batches are mixed or not. */
  | 'mixed training'
  /** All parameters moved by one optimizer, gradients given. */
  | 'update'
  /** Training steps, each peer of a network of its own: what counts is the rate of multiplications. */
  | 'variants';

/** What a peer's program is started with, as JSON. */
export interface Task {
  kind: TaskKind;
  model: ModelName;
  /** Of a batch: [B, H, W, C]. */
  inputShape: [batch: number, height: number, width: number, channels: number];
  numClasses: number;
  threads: number;
  /** Inference whose logits are free of the batch; of peers on our networks. Default false. */
  batchFree?: boolean;
  /** Inference by `predictor`, whose recorded calls are played; of peers on our networks. Default false. */
  recorded?: boolean;
  /** Of an update. Default sgd, with momentum. */
  optimizer?: string;
  /** Of mixed training. Default: not mixed. */
  mix?: 'mixup' | 'cutmix';
  /** Of variants: the network, in place of the model. */
  variant?: ModelName | FamilyName;
}

// A peer's program writes one line of JSON when it is ready (or has failed), and one for each line that it reads.

export interface Ready {
  ready: {
    /** What it is, and what it runs on. */
    description: string;
    versions: Record<string, string>;
    /** As it uses them, which may be fewer than asked for. */
    threads: number;
    /** Trained numbers of its network: peers with another network are not peers. Left out where a task needs none. */
    parameters?: number;
    /** Multiply-adds of the convolutions of one picture's forward pass; of peers whose networks differ. */
    multiplications?: number;
  };
}

export interface Failed {
  failed: string;
}

/** To do so many steps and say how long they took, or to do them and say what took how long. */
export type Request = { steps: number } | { profile: number };

export interface RunAnswer {
  seconds: number;
  /** The most memory that the process has held so far; absent where that can't be told. */
  peakMemoryBytes?: number;
}

/** One of a convolution's results: y, or the gradient of x or of the filter. */
export type Direction = 'forward' | 'inputGradient' | 'filterGradient';

/** One convolution of a network, computed once in one direction. */
export interface ConvolutionProfile {
  /** Its path, such as `stages.0.0.conv1`. */
  layer: string;
  direction: Direction;
  /** How the backend computed it; absent where the backend doesn't say. */
  algorithm?: string;
  /** Of x: [B, H, W, Cin]. */
  inputShape: number[];
  /** [kh, kw, Cin / groups, Cout] */
  filterShape: number[];
  stride: number[];
  padding: number[];
  groups: number;
  milliseconds: number;
  /** Of a direct convolution, two for each multiply-add, padding included: a faster algorithm does fewer. */
  floatOperations: number;
}

/** All calls of one kernel in a step. */
export interface KernelProfile {
  /** As in tfjs's registry. */
  kernel: string;
  calls: number;
  milliseconds: number;
  /** Of the tensors that go in and come out, each counted once a call; none where the data stay where they are. On a GPU: what is bound. */
  bytes: number;
}

/** Where the time of a step goes: of the fastest that was observed. */
export interface StepProfile {
  /** Of the whole step; what the kernels don't account for is tfjs's own bookkeeping. */
  milliseconds: number;
  /** Of a whole step as a user has it, where that plays recorded calls: the kernels' times are of one that doesn't. */
  recordedMilliseconds?: number;
  /** Of those, what is no kernel's: JavaScript. */
  recordedJavaScript?: number;
  kernels: KernelProfile[];
  /** Empty where kernels return before they are done. */
  convolutions: ConvolutionProfile[];
}

export interface ProfileAnswer {
  /** Absent where the program can't tell. */
  profile?: StepProfile;
}

/** What peers/chromium.ts calls in the page. */
export interface PageProgram {
  start(task: Task): Promise<Ready['ready']>;
  run(steps: number): Promise<RunAnswer>;
}
