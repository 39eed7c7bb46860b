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

/** What moves while a run goes on, beside its model. */
export interface Moving {
  readonly optimizer: OptimizerState;
  readonly progress: Progress;
  readonly swa: StochasticWeightAverage | undefined;
}

/** All that a run needs to go on: read for checkpoints and snapshots, and put back. */
export class RunState {
  readonly #settings: TrainSettings;
  readonly #facts: RunFacts;
  readonly #moving: Moving;

  constructor(settings: TrainSettings, facts: RunFacts, moving: Moving) {
    this.#settings = settings;
    this.#facts = facts;
    this.#moving = moving;
  }

  /**
   * Makes sure that the run can begin, or puts back what it is told to go on from. Returns what the user should know.
   *
   * @throws TrainerError where there are checkpoints already, or those of another run
   */
  async begin(): Promise<string[]> {
    const { resume, checkpoints, model } = this.#settings;
    if (resume === undefined) {
      if (checkpoints !== undefined) await requireNoCheckpoints(checkpoints.storage);
      return [];
    }
    requireSameRun(resume, this.#settings, this.#facts);
    restore(model, this.#moving.optimizer, resume);
    this.#moving.swa?.restore(resume);
    const damaged = resume.passedOver.map(({ name, reason }) => `Passed over ${name}: ${reason}`);
    return [...damaged, ...otherBits(resume)];
  }

  /** @param chain of the checkpoints before, where there are any */
  async read(chain: string | undefined): Promise<CheckpointTensors & CheckpointState> {
    const { model, config } = this.#settings;
    const { optimizer, progress, swa } = this.#moving;
    const swaEpochs = swa?.epochs;
    return {
      ...(await tensorsOf(model, optimizer, swa?.means)),
      ...progress.state,
      ...(chain !== undefined && { chain }),
      ...(swaEpochs && { swaEpochs }),
      config,
      facts: this.#facts,
      ...activeBackend(),
    };
  }
}
