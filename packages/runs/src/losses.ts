import * as v from 'valibot';
import { RunsError } from './error.js';
import { belowOne, integer, notNegative, positive } from './numbers.js';

/** What makes up for unequal classes. */
export type Balance = 'none' | 'sampler' | 'loss';

/** How often answers take it that each class comes: as in the training pictures, or equally. */
export type Prior = 'data' | 'uniform';

const own = {
  labelSmoothing: belowOne,
  // Absent: all alike. `balanced`: the number of pictures by that of classes and of the class's pictures, as scikit-learn has it.
  classWeights: v.optional(v.union([v.literal('balanced'), v.array(positive)])),
};

export const lossSchema = v.union([
  v.strictObject({ name: v.literal('softmaxCrossEntropy'), ...own }),
  v.strictObject({ name: v.literal('focal'), gamma: notNegative, ...own }),
  v.looseObject({ name: v.pipe(v.string(), v.nonEmpty()), version: integer(1) }),
]);

/** As the schema has it. */
export interface OwnLoss {
  labelSmoothing: number;
  classWeights?: number[] | 'balanced';
  gamma?: number;
}

interface Balanced {
  readonly balance: Balance;
  readonly prior: Prior | null;
}

/** The prior of the pictures that a training sees, and the one that its answers are to have. */
export function priorsOf({ balance, prior }: Balanced): { seen: Prior; wanted: Prior } {
  return {
    seen: balance === 'sampler' ? 'uniform' : 'data',
    wanted: prior ?? (balance === 'none' ? 'data' : 'uniform'),
  };
}

/**
 * It is `balance: 'loss'` that leads from one prior to the other, unless the sampler has led there before.
 *
 * @throws RunsError `OPTION` where the two contradict each other
 */
export function requireBalance(training: Balanced, where: string): void {
  const { balance } = training;
  const { seen, wanted } = priorsOf(training);
  if (balance === 'sampler' || (balance === 'loss') === (seen !== wanted)) return;
  throw new RunsError('OPTION', {
    where: `${where}: training.prior`,
    expected:
      balance === 'loss' ? 'uniform, to which that loss leads' : 'data, of which a run without balance tells',
    received: wanted,
    fix: `Take --balance ${balance === 'loss' ? 'none' : 'loss'} with --prior ${wanted}.`,
  });
}
