import type { Recorded, RecordingBackend, Results } from '@residual/ops';
import { dispose, engine, type Tensor, tidy } from '@tensorflow/tfjs-core';
import type { ActivationsBackend } from '../activations.js';
import { copyEach } from './copyEach.js';
import { copyOut, type Places, PlayedCommands, type TensorPlace } from './playedCommands.js';
import { Recorder } from './recorder.js';
import { Take } from './take.js';

type Fn = Parameters<RecordingBackend['record']>[1];

/** A backend's `record`. */
export function recordsOf(backend: ActivationsBackend): RecordingBackend['record'] {
  const recorder = new Recorder(backend);
  return (inputs, fn, inPlace = []) => record(backend, recorder, inputs, fn, inPlace);
}

/** See `RecordingBackend` of `@residual/ops`. */
function record(
  backend: ActivationsBackend,
  recorder: Recorder,
  inputs: readonly Tensor[],
  fn: Fn,
  inPlace: readonly Tensor[],
): Recorded {
  const plain = (reason: string): Recorded => ({ ...tidy(() => ({ ...fn(...inputs) })), reason });
  if (recorder.isNoting) {
    recorder.spoil('it records something itself');
    return plain('it is part of another recording');
  }
  const other = [...inputs, ...inPlace].find((tensor) => !isStored(tensor) || tensor.size === 0);
  if (other !== undefined) return plain(`an input is ${other.dtype} [${other.shape}]`);

  const take = new Take(
    recorder.keeper,
    inPlace.map((tensor) => backend.place(tensor)),
  );
  let made: Results | undefined;
  try {
    const { results, places } = perform(backend, recorder, take, inputs, fn);
    made = results;
    if (take.reason === undefined) {
      const sizes = inPlace.map(({ size }) => size);
      const recording = new PlayedCommands(backend, recorder, take, places, sizes);
      dispose(results.lent);
      return { outputs: results.outputs, lent: recording.lend(), recording };
    }
    take.own.end();
    return { ...results, reason: take.reason };
  } catch (error) {
    dispose({ ...made });
    take.own.end();
    throw error;
  }
}

/** Calls `fn` with copies of its inputs in the take's buffers; of its outputs there are copies that lie elsewhere. */
function perform(
  backend: ActivationsBackend,
  recorder: Recorder,
  take: Take,
  inputs: readonly Tensor[],
  fn: Fn,
): { results: Results; places: Places } {
  const own: Tensor[] = [];
  const placeOf = (tensor: Tensor): TensorPlace => {
    const { buffer, offset } = backend.place(tensor); // computed now, where it is deferred
    return { buffer, offset, shape: tensor.shape, dtype: tensor.dtype as TensorPlace['dtype'] };
  };
  try {
    recorder.within(take, () => {
      const infos = inputs.length === 0 ? [] : backend.slices(inputs).infos;
      own.push(...infos.map((info) => engine().makeTensorFromTensorInfo(info)));
    });
    const places = own.map(placeOf);
    copyEach(
      backend,
      inputs.map((input) => backend.place(input)),
      places,
    );
    const made = recorder.during(take, () => {
      const results = tidy(() => ({ ...fn(...own) }));
      const all = [...results.outputs, ...results.lent];
      const other = all.find((tensor) => !isStored(tensor));
      if (other !== undefined) recorder.spoil(`a result is of type ${other.dtype}`);
      return { results, outputs: results.outputs.map(placeOf), lent: results.lent.map(placeOf) };
    });
    const { results, ...ofResults } = made;
    if (take.reason !== undefined) return { results, places: { inputs: places, ...ofResults } };
    const outputs = copyOut(backend, ofResults.outputs);
    dispose([...own.splice(0), ...results.outputs]);
    const lent = new Set(ofResults.lent.map(({ buffer }) => buffer));
    const areOwn = [...lent].every((buffer) => take.own.isUsed(buffer));
    if (!areOwn) take.reason = 'a gradient is no new tensor';
    else if (take.own.used > lent.size) take.reason = 'a tensor that it makes outlives it';
    return { results: { outputs, lent: results.lent }, places: { inputs: places, ...ofResults } };
  } finally {
    dispose(own);
  }
}

function isStored({ dtype }: Tensor): boolean {
  return dtype === 'float32' || dtype === 'int32';
}
