import type { Recorded, Results } from '@residual/ops';
import { dispose, engine, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { copyIn, copyOut, type Place, type Places, PlayedSteps, type RecordingParts } from './playedSteps.js';
import { Take } from './recorder.js';

type Fn = (...inputs: Tensor[]) => Results;

/** A backend's `record`; where memory is full, recordings that aren't being played give theirs back. */
export function recordsOf(
  parts: RecordingParts,
): (inputs: readonly Tensor[], fn: Fn, inPlace?: readonly Tensor[]) => Recorded {
  const idle = new Set<PlayedSteps>();
  parts.blocks.whenFull(() => {
    const given = [...idle].filter((recording) => recording.giveUp());
    return given.length > 0;
  });
  return (inputs, fn, inPlace = []) => record(parts, idle, inputs, fn, inPlace);
}

/** See `RecordingBackend` of `@residual/ops`. */
function record(
  parts: RecordingParts,
  idle: Set<PlayedSteps>,
  inputs: readonly Tensor[],
  fn: Fn,
  read: readonly Tensor[],
): Recorded {
  const { backend, blocks, recorder } = parts;
  const plain = (reason: string): Recorded => ({ ...tidy(() => ({ ...fn(...inputs) })), reason });
  if (recorder.isNoting) {
    recorder.spoil('it records something itself');
    return plain('it is part of another recording');
  }
  const other = inputs.find(({ dtype }) => !isStored(dtype));
  if (other !== undefined) return plain(`an input is of type ${other.dtype}`);
  const inPlace = read.map((tensor) => backend.placeOf(tensor));
  if (inPlace.includes(0)) return plain('JavaScript holds values that are read in place');

  const take = new Take(blocks, inPlace);
  let made: Results | undefined;
  try {
    const { results, places } = perform(parts, take, inputs, fn);
    made = results;
    if (!take.isClosed) take.reason ??= 'a tensor that it makes outlives it';
    if (places !== undefined && take.reason === undefined) {
      take.arena.settle();
      return { ...results, recording: new PlayedSteps(parts, take, { ...places, inPlace }, idle) };
    }
    take.end();
    return { ...results, reason: take.reason! };
  } catch (error) {
    dispose({ ...made });
    take.end();
    throw error;
  }
}

/** Calls `fn` with copies of its inputs, which have their places in the arena; of its outputs there are copies that have none there. */
function perform(
  parts: RecordingParts,
  take: Take,
  inputs: readonly Tensor[],
  fn: Fn,
): { results: Results; places: Omit<Places, 'inPlace'> | undefined } {
  const { backend, blocks, recorder } = parts;
  const own: Tensor[] = [];
  let lent: Tensor[] = [];
  try {
    const places = inputs.map(({ shape, dtype }): Place => {
      const stored = dtype as Place['dtype'];
      const { info, pointer } = blocks.within(take.arena, () => backend.output(shape, stored));
      own.push(engine().makeTensorFromTensorInfo(info));
      take.hold(pointer);
      return { pointer, shape, dtype: stored };
    });
    copyIn(parts, inputs, places);
    const ofResults = recorder.during(take, () => {
      const results = tidy(() => ({ ...fn(...own) }));
      own.push(...results.outputs);
      lent = results.lent;
      const other = [...results.outputs, ...lent].find(({ dtype }) => !isStored(dtype));
      if (other !== undefined) recorder.spoil(`a result is of type ${other.dtype}`);
      if (other !== undefined) return { plain: own.splice(inputs.length) };
      const placeOf = (tensor: Tensor): Place => {
        const pointer = backend.pointer(tensor); // computed now, where it is deferred
        take.hold(pointer);
        return { pointer, shape: tensor.shape, dtype: tensor.dtype as Place['dtype'] };
      };
      return { outputs: results.outputs.map(placeOf), lent: lent.map(placeOf) };
    });
    if (ofResults.plain !== undefined)
      return { results: { outputs: ofResults.plain, lent }, places: undefined };
    const outputs = copyOut(parts, ofResults.outputs);
    return { results: { outputs, lent }, places: { inputs: places, ...ofResults } };
  } catch (error) {
    dispose(lent);
    throw error;
  } finally {
    dispose(own);
  }
}

function isStored(dtype: string): boolean {
  return dtype === 'float32' || dtype === 'int32';
}
