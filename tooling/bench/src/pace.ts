import type { Settings } from './settings.ts';
import type { Work } from './work.ts';

/** How much of a work one peer is asked to do. */
export interface Pace {
  batchSize: number;
  warmUpSteps: number;
  steps: number;
  rounds: number;
}

/** From a work, the pace of a peer on it. */
export type PaceRule = (work: Work) => Pace;

/** The whole work: what a peer gets that is compared. */
export const full: PaceRule = ({ batchSize, warmUpSteps, steps, rounds }) => ({
  batchSize,
  warmUpSteps,
  steps,
  rounds,
});

/** A GPU does in milliseconds what a processor does in seconds: a measurement of as many steps says little. */
export const onGpu: PaceRule = ({ batchSize, warmUpSteps, steps, rounds }) => ({
  batchSize,
  warmUpSteps: 10 + warmUpSteps,
  steps: 10 * steps,
  rounds,
});

/** Pictures of a measurement of a peer that is several times slower than those that are compared. */
const FEW = 256;

/** At most three measurements, of about {@link FEW} pictures. */
export const brief: PaceRule = (work) => {
  const most = Math.max(1, Math.floor(FEW / work.batchSize));
  return {
    batchSize: work.batchSize,
    warmUpSteps: Math.min(work.warmUpSteps, most),
    steps: Math.min(work.steps, most),
    rounds: Math.min(work.rounds, 3),
  };
};

/** One step of a few pictures, after so many steps to warm up: a step of the whole batch would take minutes. */
export const oneStep =
  (warmUpSteps: number): PaceRule =>
  ({ slowBatchSize }) => ({ batchSize: slowBatchSize, warmUpSteps, steps: 1, rounds: 1 });

/** Three measurements of one step of a few pictures: for what takes minutes for a batch, but is to be compared. */
export const fewSteps: PaceRule = ({ slowBatchSize, rounds }) => ({
  batchSize: slowBatchSize,
  warmUpSteps: 1,
  steps: 1,
  rounds: Math.min(rounds, 3),
});

/** A peer's pace under the command's own wishes, which never make a slow peer work more than its rule says. */
export function paceOf(rule: PaceRule, work: Work, { batchSize, steps, rounds }: Settings): Pace {
  const wished = {
    ...work,
    batchSize: batchSize ?? work.batchSize,
    slowBatchSize: Math.min(work.slowBatchSize, batchSize ?? work.slowBatchSize),
    steps: steps ?? work.steps,
    warmUpSteps: Math.min(work.warmUpSteps, steps ?? work.warmUpSteps),
    rounds: rounds ?? work.rounds,
  };
  return rule(wished);
}
