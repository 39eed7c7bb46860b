import { type Module, readStateDict, type StateValue } from '@residual/blocks';
import { parseTask } from '@residual/data';
import type { Classifier } from '@residual/trainer';
import { decodeSafetensors, encodeSafetensors, type TensorData } from '@residual/weights';
import * as tf from '@tensorflow/tfjs-core';
import { parsePiece } from './config.js';
import { RunsError } from './error.js';
import { loadedModel, type ModelFacts } from './network.js';

const FORMAT = 'residual-model';
/** Raised when a reader of the old form would go wrong. */
const VERSION = 2;
const FIX = 'Use the model.safetensors of a finished run.';

/**
 * A model as one safetensors file: every parameter and buffer by its path; its task and its network's name in the metadata.
 * All of the weights are those of one moment, also while a run goes on.
 *
 * @example
 * const bytes = await encodeModel(run.model, { task: run.config.task, model: run.config.training.model });
 */
export async function encodeModel(network: Module, { task, model }: ModelFacts): Promise<Uint8Array> {
  const values = await readStateDict(network);
  const tensors = [...values].map(([path, { shape, data }]): [string, TensorData] => [
    path,
    { dtype: 'F32', shape, data },
  ]);
  return encodeSafetensors(new Map(tensors), metadataOf({ task, model }));
}

/** What a model file's metadata says. */
export function metadataOf({ task, model }: ModelFacts): Record<string, string> {
  return {
    format: FORMAT,
    version: String(VERSION),
    task: JSON.stringify(task),
    model: JSON.stringify(model),
  };
}

/**
 * Builds the network of a model file, with its weights: to evaluate and predict with, or to look inside.
 *
 * @param where for messages, such as the file's name
 * @returns the model, which belongs to the caller, and what the file says of it
 * @throws RunsError `MODEL` when it's another kind of file, or its weights are another network's or not finite, `VERSION` for an
 *   older or newer form, `MISSING_PIECE` for a network that nothing has defined, `BACKEND` where TensorFlow.js has none; WeightsError when
 *   it's no safetensors file, or a damaged one.
 *
 * @example
 * const { model, facts } = decodeModel(bytes, 'model.safetensors');
 * const [likeliest] = await classify(model, picture, facts.task);
 */
export function decodeModel(bytes: Uint8Array, where: string): { model: Classifier; facts: ModelFacts } {
  const { tensors, metadata } = decodeSafetensors(bytes, where);
  const facts = modelFacts(metadata, where);
  const values = new Map([...tensors].map(([path, tensor]) => [path, floatsOf(path, tensor, where)]));
  try {
    return { model: loadedModel(facts, values), facts };
  } catch (cause) {
    if (cause instanceof RunsError) throw cause;
    if (!tf.getBackend()) {
      const fix = 'Choose one first: await selectBackend([backend]).';
      throw new RunsError(
        'BACKEND',
        { where, expected: 'a backend of TensorFlow.js', received: 'none', fix },
        { cause },
      );
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw unusable(
      where,
      `the weights of ${facts.model.name}, as its metadata says`,
      `others (${reason})`,
      cause,
    );
  }
}

/** Whether a safetensors file's metadata say that this library wrote it as a model. */
export function isModelFile({ format }: Readonly<Record<string, string>>): boolean {
  return format === FORMAT;
}

/**
 * What the metadata of a model file say.
 *
 * @param where for messages, such as the file's name
 * @throws RunsError `MODEL`, `VERSION`.
 */
export function modelFacts(
  { format, version = '1', task, model }: Readonly<Record<string, string>>,
  where: string,
): ModelFacts {
  if (format !== FORMAT) {
    const received = format === undefined ? 'no format' : `the format ${JSON.stringify(format.slice(0, 40))}`;
    throw unusable(where, 'a model that this library wrote', received);
  }
  if (version !== String(VERSION)) {
    throw new RunsError('VERSION', {
      where,
      expected: `a model file of version ${VERSION}`,
      received: `version ${Number(version) || JSON.stringify(version.slice(0, 40))}`,
      fix:
        Number(version) > VERSION
          ? 'Update @residual/runs to the version that wrote it.'
          : 'It is of an older form: train it again.',
    });
  }
  try {
    return { task: parseTask(JSON.parse(task!), 'task'), model: parsePiece(JSON.parse(model!), 'model') };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    // Of what is no JSON the engine quotes a piece, line breaks included.
    const line = reason.replace(/\s+/g, ' ');
    throw unusable(where, 'its task and its network in the metadata', `others (${line})`, cause);
  }
}

/** Training stops before a weight is anything but finite: so such a file is damaged. */
function floatsOf(path: string, { dtype, shape, data }: TensorData, where: string): StateValue {
  if (dtype !== 'F32') {
    throw unusable(`${where}: ${path}`, 'float32 values (F32)', dtype);
  }
  const values = data as Float32Array;
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw unusable(`${where}: ${path}`, 'finite weights', `${values[bad]} at position ${bad}`);
  return { shape, data: values };
}

function unusable(where: string, expected: string, received: string, cause?: unknown): RunsError {
  return new RunsError('MODEL', { where, expected, received, fix: FIX }, { cause });
}
