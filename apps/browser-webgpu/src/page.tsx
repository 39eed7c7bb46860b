import { signal } from '@preact/signals';
import { Inside } from './inside/inside.js';
import { listener, session } from './session/connect.js';
import type { Settings } from './session/session.js';
import { TryIt } from './tryIt/tryIt.js';

const loss = signal<number>();

function start() {
  const settings: Settings = {
    recipe: 'quick',
    model: 'resnet20',
    limit: null,
    batchSize: 128,
    learningRate: 0.2,
    epochs: 10,
    seed: 0,
    backend: 'auto',
    threads: null,
  };
  session.start(
    settings,
    listener((event) => {
      if (event.type === 'step') loss.value = event.loss;
    }),
  );
}

/** The whole page. */
export function Page() {
  return (
    <main>
      <h1>Watch a ResNet learn</h1>
      <section class="panel" aria-labelledby="train-title">
        <h2 id="train-title">Train</h2>
        <button type="button" class="primary" onClick={start}>
          Start
        </button>
        <output>{loss}</output>
      </section>
      <Inside />
      <TryIt />
    </main>
  );
}
