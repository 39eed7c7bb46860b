import type { StateValue } from '@residual/blocks';
import { decodeSafetensors, encodeSafetensors, type TensorData, WeightsError } from '@residual/weights';
import { TrainerError } from '../error.js';
import type { Best, History, Position } from '../events.js';
import type { Json } from '../json.js';
import type { MetricSums } from '../judge/metrics.js';
import type { RunBackend } from './runBackend.js';

/** Raised when a reader of the old form would go wrong. */
const VERSION = 1;

/** What must be the same for a resumed run to continue the one that wrote a checkpoint. Plain JSON. */
export type RunFacts = {
  optimizer: Json;
  labelSmoothing: number;
  gradientClipNorm: number;
  averageDecay: number | null;
  data: Json;
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
}

export interface CheckpointTensors {
  /** Parameters and buffers by path, as `loadStateDict` takes them. */
  model: Map<string, StateValue>;
  velocities?: Map<string, StateValue>;
  averages?: Map<string, StateValue>;
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

const PREFIXES = { model: 'model.', velocities: 'velocity.', averages: 'average.' } as const;
const DIGEST = 'sha256';
export const DIGEST_BYTES = 32;

/**
 * One safetensors file: weights and buffers as `model.<path>`, velocities as `velocity.<path>`, averaged weights as
 * `average.<path>`, the rest as JSON in the metadata. Its last tensor is the SHA-256 of all bytes before it.
 */
export async function encodeCheckpoint(
  tensors: CheckpointTensors,
  state: CheckpointState,
): Promise<Uint8Array<ArrayBuffer>> {
  const named = new Map<string, TensorData>();
  for (const part of ['model', 'velocities', 'averages'] as const) {
    for (const [path, { shape, data }] of tensors[part] ?? []) {
      named.set(PREFIXES[part] + path, { dtype: 'F32', shape, data });
    }
  }
  named.set(DIGEST, { dtype: 'U8', shape: [DIGEST_BYTES], data: new Uint8Array(DIGEST_BYTES) });
  const bytes = encodeSafetensors(named, {
    format: 'residual-checkpoint',
    version: String(VERSION),
    state: JSON.stringify(state),
  });
  bytes.set(await digest(bytes.subarray(0, -DIGEST_BYTES)), bytes.length - DIGEST_BYTES);
  return bytes;
}

/**
 * @param name for messages
 * @throws TrainerError `FORMAT` when the bytes are not a whole, undamaged checkpoint; `VERSION` when they are one
 *   from a later version of this library.
 */
export async function decodeCheckpoint(bytes: Uint8Array, name: string): Promise<Checkpoint> {
  const expected = bytes.slice(-DIGEST_BYTES);
  const actual = await digest(bytes.slice(0, -DIGEST_BYTES));
  if (bytes.length < DIGEST_BYTES || expected.some((byte, i) => byte !== actual[i])) {
    throw damaged(name, 'bytes that match the SHA-256 at their end', 'others');
  }
  const { tensors, metadata } = parse(bytes, name);
  if (metadata.format !== 'residual-checkpoint') throw damaged(name, 'a checkpoint', 'another kind of file');
  if (Number(metadata.version) !== VERSION) {
    throw new TrainerError('VERSION', {
      where: name,
      expected: `a checkpoint of version ${VERSION}`,
      received: `version ${metadata.version}`,
      fix: 'Update @residual/trainer to the version that wrote it.',
    });
  }
  const part = (prefix: string) =>
    new Map(
      [...tensors].flatMap(([key, { shape, data }]): [string, StateValue][] =>
        key.startsWith(prefix) && data instanceof Float32Array
          ? [[key.slice(prefix.length), { shape, data }]]
          : [],
      ),
    );
  const optional = (values: Map<string, StateValue>) => (values.size > 0 ? values : undefined);
  const state = JSON.parse(metadata.state ?? '{}') as CheckpointState;
  return {
    ...state,
    arithmetic: state.arithmetic ?? {}, // unknown to checkpoints from before it was kept
    model: part(PREFIXES.model),
    velocities: optional(part(PREFIXES.velocities)),
    averages: optional(part(PREFIXES.averages)),
    name,
    passedOver: [],
  };
}

function parse(bytes: Uint8Array, name: string): ReturnType<typeof decodeSafetensors> {
  try {
    return decodeSafetensors(bytes, name);
  } catch (error) {
    if (!(error instanceof WeightsError)) throw error;
    throw damaged(name, 'a safetensors file', 'another kind of file', error);
  }
}

function damaged(name: string, expected: string, received: string, cause?: Error): TrainerError {
  const fix = 'It is damaged, cut off, or no checkpoint: use another one.';
  return new TrainerError('FORMAT', { where: name, expected, received, fix }, { cause });
}

/** SHA-256 of the bytes, by the platform: in Node, and in pages served over https or from localhost. */
export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new TrainerError('STORAGE', {
      where: 'checkpoints',
      expected: 'crypto.subtle, which browsers offer to secure pages',
      received: 'none',
      fix: 'Serve the page over https or from localhost.',
    });
  }
  return new Uint8Array(await subtle.digest('SHA-256', bytes));
}
