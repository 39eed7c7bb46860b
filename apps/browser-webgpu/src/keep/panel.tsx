import { useRef } from 'preact/hooks';
import { formatBytes, formatCount } from '../format.js';
import { isOpen, saved } from '../run/run.js';
import {
  downloadWeights,
  exportCsv,
  exportHistory,
  exportPng,
  exportSvg,
  exportTensorBoard,
  forget,
  loadWeights,
  share,
} from './actions.js';
import './keep.css';

/** The panel "Keep it". */
export function KeepPanel() {
  const picker = useRef<HTMLInputElement>(null);
  return (
    <section class="panel keep" aria-labelledby="keep-title">
      <h2 id="keep-title">Keep it</h2>
      <div class="keep-groups">
        <div>
          <h3>This run</h3>
          <SavedLine />
        </div>
        <div>
          <h3>The network</h3>
          <div class="buttons">
            <button type="button" onClick={downloadWeights}>
              Download weights
            </button>
            <button type="button" onClick={() => picker.current!.click()} disabled={isOpen.value}>
              Load weights …
            </button>
            <input
              ref={picker}
              class="hidden"
              type="file"
              accept=".safetensors"
              aria-label="A file of weights (.safetensors)"
              tabIndex={-1}
              disabled={isOpen.value}
              onChange={({ currentTarget }) => {
                const file = currentTarget.files?.[0];
                if (file) void loadWeights(file);
                currentTarget.value = '';
              }}
            />
          </div>
          <p class="hint">Safetensors, the same files that the command line writes and reads.</p>
        </div>
        <div>
          <h3>Curves and settings</h3>
          <div class="buttons">
            <button type="button" onClick={exportPng}>
              PNG
            </button>
            <button type="button" onClick={exportSvg}>
              SVG
            </button>
            <button type="button" onClick={exportHistory}>
              JSON
            </button>
            <button type="button" onClick={exportCsv}>
              CSV
            </button>
            <button type="button" onClick={exportTensorBoard}>
              TensorBoard
            </button>
            <button type="button" onClick={share}>
              Copy link
            </button>
          </div>
          <p class="hint">
            The plot as a picture, the history as data, also for TensorBoard, and a link that brings every
            setting.
          </p>
        </div>
      </div>
    </section>
  );
}

function SavedLine() {
  const run = saved.value;
  if (run === null) {
    return (
      <p class="hint">
        Nothing is kept yet. A run saves itself in this browser as it goes; reload without fear.
      </p>
    );
  }
  const { settings, position, totalSteps, bytes, savedAt } = run;
  return (
    <>
      <p class="hint" data-saved={position.step}>
        {settings.model}, step {formatCount(position.step)} of {formatCount(totalSteps)}: saved at{' '}
        {new Date(savedAt).toLocaleTimeString()} ({formatBytes(bytes)}).
      </p>
      <div class="buttons">
        <button type="button" onClick={forget} disabled={isOpen.value}>
          Remove
        </button>
      </div>
    </>
  );
}
