import type { StateValue } from '@residual/blocks';
import type { Json } from '@residual/data';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '@residual/weights';
import { codeOf, TrainerError } from '../error.js';
import type { Best, History, Position } from '../events.js';
import type { MetricSums } from '../judge/metrics.js';
import type { ParameterGroup } from '../step/groups.js';
import type { Mix } from '../step/mix.js';
import type { SealedFile } from '../storage/storage.js';
import { DIGEST_BYTES, digest } from './digest.js';
import type { RunBackend } from './runBackend.js';

/** Raised when a reader of the old form would go wrong. */
const VERSION = 2;

/** Tells pictures from others. */
export type DataFacts = {
  /** For messages; not compared. */
  name: string;
  examples: number;
  /** [H, W, C] of a picture in a batch. */
  shape: number[];
  /** How many; undefined where the source doesn't say. */
  classes?: number;
  batchSize: number;
  batchesPerEpoch: number;
  /** A hash of the run's first batch: its pictures, labels and places. */
  firstBatch: string;
};

/** What must be the same for a resumed run to continue the one that wrote a checkpoint. Plain JSON. */
export type RunFacts = {
  optimizer: Json;
  /** Name and version; null for the loss built in. */
  loss: string | null;
  labelSmoothing: number;
  gradientClipNorm: number;
  averageDecay: number | null;
  /** Absent where there is none; so is what follows. */
  logitAdjustment?: number[];
  mix?: Mix;
  groups?: ParameterGroup[];
  layerDecay?: number;
  /** The paths of the parameters that aren't trained: their values are the model's, and there are no slots for them. */
  frozen?: string[];
  seed?: number;
  accumulate?: number;
  swa?: number;
  patience?: number;
  data: DataFacts;
  /** Samples of the schedule, as [step, rate]: so a run with a constant rate may be given more epochs. */
  learningRates: [step: number, learningRate: number][];
};

/** Everything that a run needs to go on as if it had never stopped. */
export interface CheckpointState extends Position, RunBackend {
  /** What the caller said determines the run, such as a recipe. */
  config?: Json;
  facts: RunFacts;
  history: History;
  best?: Best;
  /** Of the running epoch so far. */
  epochSums: MetricSums;
  /** Since the last step event. */
  logSums: MetricSums;
  /** What stands for this state and all that the run has saved before: see {@link StateHash}. Absent in older files. */
  chain?: string;
  /** After which epochs checkpoints stay for good: also when the run goes on without saying so again. */
  keepEvery?: number;
  /** Of which epochs `swa` is the mean: how many, and the first that was to count; absent where there is none. */
  swaEpochs?: { first: number; count: number };
}

export interface CheckpointTensors {
  /** Parameters and buffers by path, as `loadStateDict` takes them. */
  model: Map<string, StateValue>;
  /** What the optimizer keeps: by slot, then by path. */
  slots: ReadonlyMap<string, Map<string, StateValue>>;
  /** By path; absent where none are kept. */
  averages?: Map<string, StateValue>;
  /** The mean of the weights after the epochs that count so far, by path; absent where there is none. */
  swa?: Map<string, StateValue>;
}

export interface Checkpoint extends CheckpointState, CheckpointTensors {
  /** The name it was read under. */
  name: string;
  /** Newer checkpoints that were damaged, and how. */
  passedOver: { name: string; reason: string }[];
}

/** What to evaluate and predict with: the averaged weights where they are kept. For `loadStateDict`. */
export function weightsOf({ model, averages }: CheckpointTensors): Map<string, StateValue> {
  return new Map([...model, ...(averages ?? [])]);
}

const DIGEST = 'sha256';

/**
 * What a checkpoint's file is made of: weights and buffers as `model.<path>`, what the optimizer keeps as `slot.<slot>.<path>`, averaged
 * weights as `average.<path>` and `swa.<path>`, the rest as JSON in the metadata.
 */
export function checkpointFile(tensors: CheckpointTensors, state: CheckpointState): SealedFile {
  const named = new Map<string, TensorData>();
  for (const [name, { shape, data }] of namedTensors(tensors)) named.set(name, { dtype: 'F32', shape, data });
  named.set(DIGEST, { dtype: 'U8', shape: [DIGEST_BYTES], data: new Uint8Array(DIGEST_BYTES) });
  const metadata = {
    format: 'residual-checkpoint',
    version: String(VERSION),
    state: JSON.stringify(state),
  };
  return { tensors: named, metadata };
}

/** The bytes of a safetensors file, with the hash in its place. */
export async function encodeSealed({ tensors, metadata }: SealedFile): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = encodeSafetensors(tensors, metadata);
  bytes.set(await digest(bytes.subarray(0, -DIGEST_BYTES)), bytes.length - DIGEST_BYTES);
  return bytes;
}

/**
 * The values are views into `bytes` where those are aligned, as they are in a file of one's own: treat both as read-only.
 *
 * @param name for messages
 * @throws TrainerError `FORMAT` when the bytes are not a whole, undamaged checkpoint; `VERSION` when they are one
 *   from another version of this library.
 */
export async function decodeCheckpoint(bytes: Uint8Array, name: string): Promise<Checkpoint> {
  const expected = bytes.subarray(-DIGEST_BYTES);
  const actual = await digest(bytes.subarray(0, -DIGEST_BYTES));
  if (bytes.length < DIGEST_BYTES || expected.some((byte, i) => byte !== actual[i])) {
    throw damaged(name, 'bytes that match the SHA-256 at their end', 'others');
  }
  const { tensors, metadata } = parse(bytes, name);
  if (metadata.format !== 'residual-checkpoint') throw damaged(name, 'a checkpoint', 'another kind of file');
  requireVersion(Number(metadata.version), name);
  const parts: { [part: string]: Map<string, StateValue> } = { model: new Map(), average: new Map() };
  const slots = new Map<string, Map<string, StateValue>>();
  for (const [key, { dtype, shape, data }] of tensors) {
    if (key === DIGEST) continue;
    const [, part, slot, path] = /^(model|average|swa|slot\.(\w+))\.(.*)$/s.exec(key) ?? [];
    if (dtype !== 'F32' || part === undefined)
      throw damaged(name, 'tensors of a run', `${dtype} ${JSON.stringify(key.slice(0, 60))}`);
    parts[part] ??= new Map();
    if (slot !== undefined) slots.set(slot, parts[part]);
    parts[part].set(path!, { shape, data });
  }
  const state = stateOf(metadata.state, name);
  const { model, average, swa } = parts;
  const averages = average!.size > 0 && { averages: average! };
  return { ...state, model: model!, slots, ...averages, ...(swa && { swa }), name, passedOver: [] };
}

/** What a right hash vouches for was written so, perhaps not by this library. */
function stateOf(text = '', name: string): CheckpointState {
  let state: Partial<CheckpointState> | null | undefined;
  try {
    state = JSON.parse(text);
  } catch {}
  const { facts, history, epochSums, logSums } = state ?? {};
  if ([facts, history, epochSums, logSums].every((part) => typeof part === 'object' && part !== null)) {
    return state as CheckpointState;
  }
  throw damaged(name, "a run's state", 'another');
}

function requireVersion(version: number, name: string): void {
  if (version === VERSION) return;
  const isOlder = version < VERSION;
  throw new TrainerError('VERSION', {
    where: name,
    expected: `a checkpoint of version ${VERSION}`,
    received: `version ${version}`,
    fix: isOlder
      ? 'An earlier @residual/trainer wrote it: finish the run with that one, or start it again with this one.'
      : 'Update @residual/trainer to the version that wrote it.',
  });
}

function parse(bytes: Uint8Array, name: string): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(bytes, name);
  } catch (error) {
    if (codeOf(error) === undefined) throw error; // not what the reader says of a file
    throw damaged(name, 'a safetensors file', 'another kind of file', error);
  }
}

function damaged(name: string, expected: string, received: string, cause?: unknown): TrainerError {
  const fix = 'It is damaged, cut off, or no checkpoint: use another one.';
  return new TrainerError('FORMAT', { where: name, expected, received, fix }, { cause });
}

/** The tensors by the names that they have in the file. */
export function* namedTensors({ model, slots, averages, swa }: CheckpointTensors) {
  const parts: [string, ReadonlyMap<string, StateValue> | undefined][] = [
    ['model', model],
    ...[...slots].map(([slot, values]): [string, typeof values] => [`slot.${slot}`, values]),
    ['average', averages],
    ['swa', swa],
  ];
  for (const [part, values] of parts) {
    for (const [path, value] of values ?? []) yield [`${part}.${path}`, value] as const;
  }
}
