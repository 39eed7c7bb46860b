import { stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { recoverDevice, type TrainingBackend } from '../src/index.js';
import { smallRun } from './smallRun.js';

/** What became of a training run whose device was destroyed. */
export interface LossOutcome {
  /** The dispatch, from 1, at which it was. */
  at: number;
  recoveries: number;
  /** To the bit, as of the run that was left alone. */
  sameLosses: boolean;
  sameWeights: boolean;
}

const STEPS = 6;
/** A step has some 40 dispatches of ours. */
const DISPATCHES = 200;

const active = () => tf.backend() as unknown as TrainingBackend;

interface Trained {
  losses: number[];
  weights: tf.TypedArray[];
  recoveries: number;
}

/** `lose` is told each backend that the run works on. */
async function run(lose: (backend: TrainingBackend) => void): Promise<Trained> {
  const trained: Trained = { losses: [], weights: [], recoveries: 0 };
  lose(active());
  await smallRun({
    steps: STEPS,
    snapshotEverySeconds: 0,
    async recover(error) {
      const isBack = await recoverDevice(error);
      if (isBack) lose(active());
      return isBack;
    },
    async onEvent(event, model) {
      if (event.type === 'step') trained.losses[event.step - 1] = event.loss;
      if (event.type === 'warning') trained.recoveries++;
      if (event.type === 'end')
        trained.weights = await Promise.all([...stateDict(model).values()].map((tensor) => tensor.data()));
    },
  });
  return trained;
}

/** Destroys the device at its n-th dispatch from now, noted or played. */
function destroyAt(backend: TrainingBackend, n: number): void {
  const { run } = backend;
  let count = 0;
  backend.run = function (command) {
    if (++count === n) this.device.destroy();
    run.call(this, command);
  };
}

/** Runs left alone once, and then so many that lose their device at a random dispatch; on the active backend. */
export async function deviceLosses(count: number): Promise<LossOutcome[]> {
  const whole = await run(() => {});
  const outcomes: LossOutcome[] = [];
  for (let loss = 0; loss < count; loss++) {
    const at = 1 + Math.floor(Math.random() * DISPATCHES);
    let isPending = true;
    const { losses, weights, recoveries } = await run((backend) => {
      if (isPending) destroyAt(backend, at);
      isPending = false;
    });
    outcomes.push({
      at,
      recoveries,
      sameLosses: losses.length === STEPS && areSame(losses, whole.losses),
      sameWeights: weights.length > 0 && weights.every((values, i) => areSame(values, whole.weights[i]!)),
    });
  }
  return outcomes;
}

const areSame = (a: ArrayLike<number>, b: ArrayLike<number>): boolean =>
  a.length === b.length && Array.from(a).every((value, i) => Object.is(value, b[i]));
