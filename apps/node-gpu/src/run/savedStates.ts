import { createHash } from 'node:crypto';
import {
  type Checkpoint,
  checkpointName,
  hashState,
  readCheckpoint,
  type StateHash,
} from '@residual/trainer';
import { CommandError } from '../error.js';
import { readEvents } from './eventLog.js';
import type { RunFolder } from './folder.js';

/**
 * The hashes of all states that a run has saved, by step, as its `events.jsonl` has them. Each stands for those before it too: a line
 * that was changed, or taken out, shows. None of versions that wrote no hashes.
 *
 * @throws CommandError `DIFFERENT` naming the first step whose hash doesn't follow from those before.
 */
export function savedStates(folder: RunFolder): Map<number, StateHash> {
  const states = new Map<number, StateHash>();
  let chain = '';
  for (const event of readEvents(folder.events)) {
    // Of a checkpoint whose line was not written any more, where the process was killed then.
    if (event.type === 'start') chain = event.resumedAt?.chain ?? '';
    if (event.type !== 'checkpoint' || event.sha256 === undefined) continue; // of an earlier version
    const { step, sha256 } = event;
    if (event.chain !== createHash('sha256').update(`${chain}${sha256}`).digest('hex'))
      throw broken(folder, step);
    chain = event.chain;
    states.set(step, { sha256, chain });
  }
  return states;
}

function broken(folder: RunFolder, step: number): CommandError {
  return new CommandError('DIFFERENT', {
    where: `${folder.path}: events.jsonl, the checkpoint after step ${step}`,
    expected: 'a hash that follows from those before it',
    received: 'another one',
    fix: 'The record was changed after it was written: put it back.',
  });
}

/**
 * A checkpoint that a run has kept, known to be the one that it saved.
 *
 * @param kept the steps of all that it has kept, and what `savedStates` gives
 * @throws CommandError `RUN_FOLDER` when there is none after this step, `DIFFERENT` when it's another one; TrainerError as `readCheckpoint`.
 */
export async function keptCheckpoint(
  folder: RunFolder,
  step: number,
  { steps, states }: { steps: readonly number[]; states: ReadonlyMap<number, StateHash> },
): Promise<Checkpoint> {
  if (!steps.includes(step)) throw notKept(folder, step, steps);
  const checkpoint = await readCheckpoint(folder.checkpoints, checkpointName(step));
  const recorded = states.get(step)?.sha256;
  const { sha256 } = await hashState(checkpoint, checkpoint);
  if (recorded === undefined || recorded === sha256) return checkpoint;
  throw new CommandError('DIFFERENT', {
    where: folder.file(`checkpoint/${checkpoint.name}`),
    expected: `the state that events.jsonl has, ${recorded}`,
    received: sha256,
    fix: 'The file is of another run, or of another attempt at this one: put its own back.',
  });
}

function notKept(folder: RunFolder, step: number, steps: readonly number[]): CommandError {
  return new CommandError('RUN_FOLDER', {
    where: folder.path,
    expected: `a checkpoint after step ${step}`,
    received: steps.length === 0 ? 'none at all' : `those after ${steps.toReversed().join(', ')}`,
    fix: 'Name one of these. train --keep-every keeps more of them.',
  });
}
