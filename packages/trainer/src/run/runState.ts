import type { CheckpointState, CheckpointTensors, RunFacts } from '../checkpoint/checkpoint.js';
import { requireNoCheckpoints } from '../checkpoint/checkpoints.js';
import { restore } from '../checkpoint/restore.js';
import { activeBackend } from '../checkpoint/runBackend.js';
import type { TrainSettings } from '../options.js';
import type { OptimizerState } from '../step/optimizerState.js';
import type { Progress } from './progress.js';
import { otherBits, requireSameRun } from './runFacts.js';
import { tensorsOf } from './snapshots.js';
import type { StochasticWeightAverage } from './stochasticWeightAverage.js';

/** A run, as far as what it needs to go on is concerned: its model in the settings, and what moves beside it. */
export interface RunState {
  readonly settings: TrainSettings;
  readonly facts: RunFacts;
  readonly optimizer: OptimizerState;
  readonly progress: Progress;
  readonly swa: StochasticWeightAverage | undefined;
}

/**
 * Makes sure that a run can begin, or puts back what it is told to go on from. Returns what the user should know.
 *
 * @throws TrainerError where there are checkpoints already, or those of another run
 */
export async function beginRun({ settings, facts, optimizer, swa }: RunState): Promise<string[]> {
  const { resume, checkpoints, model } = settings;
  if (resume === undefined) {
    if (checkpoints !== undefined) await requireNoCheckpoints(checkpoints.storage);
    return [];
  }
  requireSameRun(resume, settings, facts);
  restore(model, optimizer, resume);
  swa?.restore(resume);
  const damaged = resume.passedOver.map(({ name, reason }) => `Passed over ${name}: ${reason}`);
  return [...damaged, ...otherBits(resume)];
}

/**
 * Reads all that a run needs to go on, for a checkpoint or a snapshot.
 *
 * @param chain of the checkpoints before, where there are any
 */
export async function readRun(
  { settings: { model, config }, facts, optimizer, progress, swa }: RunState,
  chain: string | undefined,
): Promise<CheckpointTensors & CheckpointState> {
  const swaEpochs = swa?.epochs;
  return {
    ...(await tensorsOf(model, optimizer, swa?.means)),
    ...progress.state,
    ...(chain !== undefined && { chain }),
    ...(swaEpochs && { swaEpochs }),
    config,
    facts,
    ...activeBackend(),
  };
}
