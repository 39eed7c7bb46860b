import { SettingsForm } from '../settings/form.js';
import { BackendNote } from './backendNote.js';
import { Chart } from './chart.js';
import { Controls } from './controls.js';
import { Numbers } from './numbers.js';
import { isOpen } from './run.js';
import './train.css';

/** The panel "Train". */
export function TrainPanel() {
  return (
    <section class="panel train" aria-labelledby="train-title">
      <div class="train-begin">
        <h2 id="train-title">Train</h2>
        <Controls />
      </div>
      <div class="train-main">
        <Chart />
        <Numbers />
        <BackendNote />
      </div>
      <div class="train-settings">
        <SettingsForm isLocked={isOpen.value} />
      </div>
    </section>
  );
}
