import { type Optimizer, optimizerDefaults, parseOptimizer, sam, type TrainerError } from '@residual/trainer';
import * as v from 'valibot';
import { RunsError } from './error.js';
import { belowOne, integer, notNegative, positive } from './numbers.js';

type Defaults = typeof optimizerDefaults;
type Setting = { [Name in keyof Defaults]: keyof Defaults[Name] }[keyof Defaults];

const settings = {
  learningRate: positive,
  ...{ momentum: belowOne, nesterov: v.boolean() },
  ...{ beta1: belowOne, beta2: belowOne, alpha: belowOne, epsilon: positive },
  ...{ weightDecay: notNegative, maxGradNorm: notNegative },
  ...{ trustCoefficient: positive, alwaysAdapt: v.boolean(), iterations: integer(1) },
} satisfies Record<Setting, v.GenericSchema>;

/** The settings of each that is built in, by its name. */
const rows = Object.entries(optimizerDefaults).map(([name, defaults]) => {
  const own = Object.keys(defaults).map((setting) => [setting, settings[setting as Setting]]);
  return [name, Object.fromEntries(own) as v.ObjectEntries] as const;
});

/** Each that is built in field by field; one that a user defined by what all have. */
export const optimizerSchema = v.variant('name', [
  ...rows.map(([name, own]) => v.strictObject({ name: v.literal(name), ...own })),
  v.variant(
    'base',
    rows.map(([base, own]) =>
      v.strictObject({ name: v.literal('sam'), base: v.literal(base), rho: positive, ...own }),
    ),
  ),
  v.looseObject({ name: v.pipe(v.string(), v.nonEmpty()), version: integer(1), learningRate: positive }),
]);

/** What may differ from the recipe in the optimizer. */
export interface OptimizerOverrides {
  /** The name of one that is built in, with its own settings where it isn't the recipe's (`sam` is of the recipe's), or a value whole. */
  optimizer?: string | Optimizer;
  learningRate?: number;
  weightDecay?: number;
  /** Of an optimizer that has one. */
  momentum?: number;
}

/**
 * An optimizer with these overrides: with the settings of its own where it is another one than the recipe's.
 *
 * @throws RunsError `OPTION` naming the override, what it may be, and what to do
 */
export function optimizerValue(
  ofRecipe: Optimizer,
  { optimizer, learningRate, weightDecay, momentum }: OptimizerOverrides,
): Optimizer {
  const given = Object.entries({ learningRate, weightDecay, momentum }).filter(([, x]) => x !== undefined);
  const changes = Object.fromEntries(given) as Partial<Optimizer>;
  if (typeof optimizer !== 'string' || optimizer === ofRecipe.name) {
    const value = typeof optimizer === 'object' ? optimizer : ofRecipe;
    if (momentum === undefined || 'momentum' in value) return { ...value, ...changes };
    const fix = `The optimizer ${value.name} has none: leave it out.`;
    throw refusal('momentum', 'an optimizer that has one', `it with ${value.name}`, fix);
  }
  if (optimizer === 'sam') return { ...sam(ofRecipe), ...changes };
  if (!Object.hasOwn(optimizerDefaults, optimizer)) {
    const names = [...Object.keys(optimizerDefaults), 'sam'].join(', ');
    const fix = 'Choose one of them; one of your own is named by a configuration.';
    throw refusal('optimizer', `one of ${names}`, JSON.stringify(optimizer), fix);
  }
  try {
    return parseOptimizer({ name: optimizer, ...changes });
  } catch (error) {
    throw new RunsError('OPTION', error as TrainerError); // here it is an override
  }
}

function refusal(where: string, expected: string, received: string, fix: string): RunsError {
  return new RunsError('OPTION', { where, expected, received, fix });
}
