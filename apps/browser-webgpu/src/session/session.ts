import type { RawPicture } from '@residual/data';
import type { ModelName } from '@residual/models';
import type { RecipeName } from '@residual/recipes';
import type { Classification } from '@residual/runs';
import type { History, Position, TrainEvent } from '@residual/trainer';
import type { defaultPictures } from '../defaults.js';

// What the page asks of the worker that trains. Every value survives structured clone.

/** What a run trains on: the pictures that come with the page, or the user's own IDX files. */
export type DataName = typeof defaultPictures.name | 'own';

/** All that decides a run, as the form and the page's address hold it. */
export interface Settings {
  recipe: RecipeName;
  data: DataName;
  model: ModelName;
  /** The first so many training pictures, and at most as many test pictures; null: all. */
  limit: number | null;
  batchSize: number;
  learningRate: number;
  epochs: number;
  seed: number;
  backend: 'auto' | 'webgpu' | 'simd';
  /** null: one for each core. */
  threads: number | null;
}

/** What computes, and why nothing better does. */
export interface BackendLine {
  name: string;
  device: string;
  isGpu: boolean;
  /** By name, in words. */
  details: Record<string, string>;
  /** Better backends, why each was passed over, and what to do about it. */
  passedOver: { name: string; reason: string; fix: string }[];
}

/** What there is in the user's own files. */
export interface OwnPictures {
  /** How many pictures to train on. */
  train: number;
  /** How many to test with. */
  test: number;
  height: number;
  width: number;
  /** 1: grey; 3: red, green and blue. */
  channels: number;
  /** How many. */
  classes: number;
}

/** A run that is kept in the browser. */
export interface SavedRun {
  settings: Settings;
  position: Position;
  totalSteps: number;
  history: History;
  /** Of the checkpoint. */
  bytes: number;
  /** Milliseconds since 1970. */
  savedAt: number;
}

export type SessionEvent =
  | TrainEvent
  | { type: 'backend'; backend: BackendLine }
  /** The run trains on these. */
  | { type: 'ownPictures'; pictures: OwnPictures }
  /** `bytes` that the backend holds, on the GPU or in its heap. */
  | { type: 'memory'; bytes: number; tensors: number }
  /** Of all epochs so far; after each. */
  | { type: 'history'; history: History }
  | { type: 'paused' }
  | { type: 'saved'; savedRun: SavedRun }
  /** The run could not be kept; it goes on, and what was kept before is still there. */
  | { type: 'notSaved'; message: string }
  /** The run is over, by an error. */
  | { type: 'failure'; code: string; message: string };

export type OnEvent = (event: SessionEvent) => void;

export interface LayerFacts {
  /** Such as `stages.0`. */
  path: string;
  /** The layer's class. */
  name: string;
  outputShape: number[];
  parameters: number;
}

export type Provenance = 'training' | 'file' | 'shipped';

/** The model in hand: the run's, during and after it; else loaded weights; else the one that comes with the page. */
export interface NetworkFacts {
  name: string;
  provenance: Provenance;
  /** Steps that it was trained for, where that is known. */
  step: number | null;
  /** The name of the pictures that it has learnt. */
  data: string;
  /** Whether it makes every picture light on a dark ground, as they were. */
  isLightOnDark: boolean;
  /** In the order of the labels. */
  classNames: readonly string[];
  parameters: number;
  layers: LayerFacts[];
  /** The modules whose outputs are worth a look, from the stem to the last block. */
  paths: string[];
}

/** A picture as data sets hold it. */
export interface Picture {
  width: number;
  height: number;
  /** height * width * C bytes, row by row: C is 1, grey, or 3: red, green and blue. */
  pixels: Uint8Array;
}

export interface LabelledPicture extends Picture {
  /** Among the test pictures. */
  index: number;
  label: number;
  predicted: number;
  /** Of the predicted class, in [0, 1]. */
  probability: number;
}

export interface Report {
  accuracy: number;
  /** Mean cross-entropy in nats. */
  loss: number;
  /** How many test pictures. */
  count: number;
  /** `matrix[actual][predicted]` */
  matrix: number[][];
  /** The surest errors first. */
  worst: LabelledPicture[];
  /** What was judged: the step of the run, where it is known. */
  step: number | null;
}

/** A cell of `Report.matrix`. */
export interface Pair {
  label: number;
  predicted: number;
}

/** One number a pixel. */
export interface HeatMap {
  width: number;
  height: number;
  /** In [0, 1], row by row. */
  values: Float32Array;
}

/** Pictures of one size, one after another, as a network's parts give them. */
export interface Maps {
  path: string;
  count: number;
  width: number;
  height: number;
  /** 1: grey; 3: red, green and blue. */
  channels: 1 | 3;
  /** count * height * width * channels bytes. */
  pixels: Uint8Array;
}

export interface Explanation {
  /** In the order of the class names. */
  probabilities: number[];
  gradCam: HeatMap;
  featureMaps: Maps;
}

/** A picture as the network sees it. */
export interface ClassifiedPicture extends Picture {
  /** The likeliest first. */
  classes: Classification[];
}

export interface Session {
  /** Resolves when the run is over, however it ended; a run before it is stopped first. */
  start(settings: Settings, onEvent: OnEvent): Promise<void>;
  /**
   * Reads the four IDX files of the user's own data set, for the runs to come. Those before stay when it fails.
   *
   * @returns a rejection with a message for the user when one is missing, damaged or does not fit the others
   */
  takeFiles(files: readonly File[]): Promise<OwnPictures>;
  /** Goes on with the saved run. */
  resume(onEvent: OnEvent): Promise<void>;
  /** Gets the backend ready that would compute a run with these settings. */
  backend(settings: Pick<Settings, 'backend' | 'threads'>): Promise<BackendLine>;
  /** @returns a rejection with a message for the user when there is one that can't be read any more */
  savedRun(): Promise<SavedRun | null>;
  /** Removes the saved run. */
  forget(): Promise<void>;
  pause(): Promise<void>;
  continue(): Promise<void>;
  /** Ends the run after its step, and saves it. */
  stop(): Promise<void>;

  model(): Promise<NetworkFacts>;
  /** The model as a safetensors file. */
  weights(): Promise<Uint8Array>;
  loadWeights(bytes: Uint8Array): Promise<NetworkFacts>;
  /** On the first `limit` test pictures, or all. */
  evaluate(limit?: number): Promise<Report>;
  /** Test pictures with what the model takes them for. With a `pair`: of those that the last report counted there. */
  pictures(from: number, count: number, pair?: Pair): Promise<LabelledPicture[]>;
  /** Any of the test pictures. */
  somePicture(): Promise<LabelledPicture>;
  /** Why the model takes a picture for what it does. `path` as in `NetworkFacts.paths`; default: the last of them. */
  explain(picture: RawPicture, path?: string): Promise<Explanation>;
  /** The filters of the stem's convolution. */
  filters(): Promise<Maps>;
  classify(picture: RawPicture): Promise<ClassifiedPicture>;
}
