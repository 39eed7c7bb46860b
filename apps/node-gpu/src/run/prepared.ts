import type { SelectedBackend } from '@residual/ops';
import type { Run, RunOptions } from '@residual/recipes';
import type { CheckpointPolicy } from '@residual/trainer';
import type { RunFolder } from './folder.js';
import type { RunSettings } from './settings.js';

/** A run that only has to be followed. */
export interface PreparedRun {
  run: Run;
  folder: RunFolder;
  settings: RunSettings;
  backend: SelectedBackend;
  /** Which recipe it is, why, and how to get another; in words. */
  recipeReason: string;
  isResumed: boolean;
  /** What to tell about it before it begins. */
  warning?: string;
  /** Makes it again in its folder, with another batch, on the backend as it is when it is started again. Not for a resumed run. */
  withBatchSize?(batchSize: number): Promise<PreparedRun>;
}

const CHECKPOINT_EVERY_SECONDS = 60;
/** A GPU would have to wait for each report; a CPU has nothing to wait for, and its steps are slow. */
const LOG_EVERY = { gpu: 20, cpu: 5 };

/** What every run is started with. */
export function runOptions(
  folder: RunFolder,
  backend: SelectedBackend,
  { checkpointEvery = CHECKPOINT_EVERY_SECONDS }: { checkpointEvery?: number },
  signal: AbortSignal,
): RunOptions & { checkpoints: CheckpointPolicy } {
  return {
    checkpoints: { storage: folder.checkpoints, everySeconds: checkpointEvery },
    logEvery: backend.isGpu ? LOG_EVERY.gpu : LOG_EVERY.cpu,
    device: backend.device,
    recover: backend.recover,
    signal,
  };
}
