import { verifyBetween as computeBetween } from '@residual/runs';
import { storedSteps } from '@residual/trainer';
import { CommandError } from '../error.js';
import { print, printJson } from '../output.js';
import type { RunFolder } from '../run/folder.js';
import type { RunPlan } from '../run/plan.js';
import { keptCheckpoint, savedStates } from '../run/savedStates.js';

/** Steps of a run between two checkpoints that it has kept: what is left out is the next one, or the last. */
export interface Between {
  from?: number;
  to?: number;
}

export interface BetweenOptions extends Between {
  signal: AbortSignal;
  json?: boolean;
  onStep?(text: string): void;
}

/**
 * Computes what lies between two checkpoints of a run again, and compares the second to the bit. Also that both are the ones that the
 * run saved, by the hashes of its record.
 *
 * @throws CommandError `RUN_FOLDER` where there are no such checkpoints, `DIFFERENT` where a bit is not the same.
 */
export async function verifySteps(plan: RunPlan, folder: RunFolder, options: BetweenOptions): Promise<void> {
  const { signal, json, onStep } = options;
  const states = savedStates(folder);
  const kept = { steps: await storedSteps(folder.checkpoints), states };
  const { from, to } = stepsOf(kept.steps, options, folder);
  const [first, last] = [await keptCheckpoint(folder, from, kept), await keptCheckpoint(folder, to, kept)];
  for await (const event of computeBetween(first, last, folder.checkpoints, { data: plan.data, signal })) {
    if (event.type === 'step') onStep?.(`step ${event.step}/${to}  loss ${event.loss.toFixed(4)}`);
    if (event.type !== 'verification') continue;
    if (json) printJson(event);
    const { difference, sha256 } = event;
    if (difference !== null) {
      const { tensor, at, count, size, expected, received } = difference;
      throw different(
        folder,
        `step ${to}, ${tensor}[${at}]`,
        expected,
        `${received}; ${count} of ${size} differ`,
      );
    }
    const recorded = states.get(to)?.sha256;
    if (recorded !== undefined && recorded !== sha256)
      throw different(folder, `step ${to}, the state's SHA-256`, recorded, sha256);
    if (json) printJson({ type: 'end', run: folder.path, from, to, sha256 });
    else {
      print(`steps ${from + 1} to ${to}  the same, to the bit: ${sha256}`);
      print(`\nEqual: the state of ${folder.path} after step ${to}, computed from that after step ${from}.`);
    }
  }
}

/** Which of the kept checkpoints, by their steps, the latest first. @throws CommandError `RUN_FOLDER` */
function stepsOf(steps: readonly number[], { from, to }: Between, folder: RunFolder): Required<Between> {
  const end = to ?? (from === undefined ? steps[0] : steps.findLast((step) => step > from));
  const start = from ?? steps.find((step) => end !== undefined && step < end);
  if (end !== undefined && start !== undefined && start < end) return { from: start, to: end };
  throw new CommandError('RUN_FOLDER', {
    where: folder.path,
    expected: 'two checkpoints, one after the other',
    received: steps.length === 0 ? 'none' : `those after ${steps.toReversed().join(', ')}`,
    fix: 'Name two of these by --from and --to. train --keep-every keeps more of them.',
  });
}

/** What isn't the same as in the record. */
export function different(folder: RunFolder, what: string, expected: string, received: string): CommandError {
  return new CommandError('DIFFERENT', {
    where: `${folder.path}: ${what}`,
    expected,
    received,
    fix: 'Another version, backend or engine may round differently: compare what is printed above with config.json.',
  });
}
