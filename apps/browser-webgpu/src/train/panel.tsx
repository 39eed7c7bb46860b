import { Fold } from '../fold.js';
import { isOpen } from '../run/run.js';
import { SettingsForm } from '../settings/form.js';
import { BackendNote } from './backendNote.js';
import { Chart } from './chart.js';
import { Controls } from './controls.js';
import { Numbers } from './numbers.js';
import { OwnFiles } from './ownFiles.js';
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
        <Fold title={<h3 class="settings-title">Settings</h3>}>
          <SettingsForm isLocked={isOpen.value} ownFiles={<OwnFiles />} />
        </Fold>
      </div>
    </section>
  );
}
