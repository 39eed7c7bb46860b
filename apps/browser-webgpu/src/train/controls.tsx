import { defaultPictures } from '../defaults.js';
import { formatCount } from '../format.js';
import { isOpen, pause, type RunStatus, resume, saved, start, status, stop, unpause } from '../run/run.js';
import { settings } from '../settings/settings.js';

const words = {
  idle: 'Ready.',
  starting: `Getting ready: the pictures (${defaultPictures.megabytes} MB, once) and the network.`,
  running: 'Training.',
  pausing: 'Finishing the step, then saving.',
  paused: 'Paused, and saved in this browser.',
  stopping: 'Finishing the step, then saving.',
  ended: 'The run is over.',
} satisfies Record<RunStatus, string>;

function wordsOf(status: RunStatus): string {
  const isOwn = settings.value.data === 'own';
  return status === 'starting' && isOwn ? 'Getting ready: your pictures and the network.' : words[status];
}

/** Start, Pause, Resume, Stop. */
export function Controls() {
  const now = status.value;
  const isPaused = now === 'paused';
  return (
    <div class="controls">
      {isOpen.value ? (
        <div class="buttons">
          {isPaused ? (
            <button type="button" class="primary" onClick={unpause}>
              Resume
            </button>
          ) : (
            <button type="button" class="primary" onClick={pause} disabled={now !== 'running'}>
              Pause
            </button>
          )}
          <button type="button" onClick={stop} disabled={now !== 'running' && !isPaused}>
            Stop
          </button>
        </div>
      ) : (
        <Begin />
      )}
      <p class="hint" role="status" data-status={now}>
        {wordsOf(now)}
      </p>
    </div>
  );
}

/** Start, or go on with the run that is kept in the browser. */
function Begin() {
  const run = saved.value;
  const isUnfinished = run !== null && run.position.step < run.totalSteps;
  return (
    <>
      <div class="buttons">
        {isUnfinished && (
          <button type="button" class="primary" onClick={resume}>
            Resume the saved run
          </button>
        )}
        <button type="button" class={isUnfinished ? '' : 'primary'} onClick={start}>
          {isUnfinished ? 'Start a new run' : 'Start'}
        </button>
      </div>
      {isUnfinished && (
        <p class="hint">
          {run.settings.model}, saved at step {formatCount(run.position.step)} of{' '}
          {formatCount(run.totalSteps)}. A new run takes its place.
        </p>
      )}
    </>
  );
}
