import { type OptimizerUpdateOptions, optimizerUpdate, slotNames } from '@residual/ops';
import { notNegative, positive, positiveInteger, requireNumber, TrainerError } from '../error.js';
import { adam, adamw } from './adam.js';
import { lion, rmsprop, sgd } from './descent.js';
import { lamb, lars } from './layerwise.js';
import { muon, muonRun } from './muon.js';
import { type Optimizer, type OptimizerRule, type Update, updateBy } from './rule.js';
import { baseOf, sam } from './sam.js';
import { type optimizerDefaults, optionProblem as problem } from './settings.js';

/** An optimizer as a run uses it. */
interface Registered {
  rule?: unknown;
  name: string;
  version?: number;
  /** Checks a value, and fills in its defaults. @throws TrainerError `OPTION` */
  complete(value: Optimizer): Optimizer;
  /** The names of what is kept between steps. */
  slots(value: Optimizer): readonly string[];
  update(value: Optimizer): Update;
  /** How far from the weights the gradients are to be taken; undefined: where the weights are. */
  radius?(value: Optimizer): number;
}

/** All parameters at once, by the kernel that backends have for it. */
const fused = {
  slots: (value: Optimizer) => slotNames(ofOps(value)),
  update: (value: Optimizer): Update => {
    const { maxGradNorm = 0 } = value as { maxGradNorm?: number };
    return (state, gradients, facts) => {
      // Both clip by the same norm: the smaller one decides.
      const norms = [facts.clipNorm ?? 0, maxGradNorm].filter((norm) => norm > 0);
      const clipNorm = norms.length === 0 ? 0 : Math.min(...norms);
      return optimizerUpdate(state, gradients, { ...facts, clipNorm, optimizer: ofOps(value) });
    };
  },
};

function ofOps(value: Optimizer): OptimizerUpdateOptions['optimizer'] {
  return value as OptimizerUpdateOptions['optimizer']; // checked by its maker
}

/** Those that are built in. */
const builtIn: Readonly<
  Record<
    keyof typeof optimizerDefaults,
    [(options: never) => Optimizer, Pick<Registered, 'slots' | 'update'>]
  >
> = {
  sgd: [sgd, fused],
  adam: [adam, fused],
  adamw: [adamw, fused],
  rmsprop: [rmsprop, fused],
  lion: [lion, fused],
  lamb: [lamb, fused],
  lars: [lars, fused],
  muon: [muon, muonRun],
};

const registry = new Map<string, Registered>(
  Object.entries(builtIn).map(([name, [make, run]]) => [
    key(name, undefined),
    { name, complete: (value) => make(value as never), ...run },
  ]),
);

registry.set(key('sam', undefined), {
  name: 'sam',
  complete: (value) => {
    sam(baseOf(value), { rho: value.rho as number | undefined }); // names what is no base
    return sam(parseOptimizer(baseOf(value)), { rho: value.rho as number | undefined });
  },
  slots: (value) => updateOf(baseOf(value)).slots,
  update: (value) => updateOf(baseOf(value)).update,
  radius: ({ rho }) => rho as number,
});

function key(name: string, version: number | undefined): string {
  return JSON.stringify([name, version]);
}

export interface OptimizerDefinition<Settings> {
  /** Any but that of one built in. */
  name: string;
  /** An integer from 1; another one when the rule gives other bits, so that no run goes on with a rule that it didn't begin with. */
  version: number;
  /** The names of what the rule keeps between steps, of the shape of each parameter. Default: none. */
  slots?: readonly string[];
  rule: OptimizerRule<Settings>;
  /** Throws where the settings make no sense. */
  check?(value: Optimizer & Settings): void;
}

/**
 * Adds an optimizer: a rule for one parameter. Clipping, averages, the rate of each step, which parameters decay and
 * what happens when a gradient isn't finite are the trainer's. A checkpoint keeps the slots as `slot.<name>.<path>`.
 * Defining it again with the same rule changes nothing.
 *
 * @returns makes a value for the `optimizer` of a run: name, version and settings, of which a checkpoint's must be the same
 * @throws TrainerError `OPTION`
 *
 * @example
 * // Chen et al., "Symbolic Discovery of Optimization Algorithms" (arXiv 2302.06675)
 * const lion = defineOptimizer({
 *   name: 'lion',
 *   version: 1,
 *   slots: ['m'],
 *   rule: ({ parameter, gradient, slots: { m }, learningRate, weightDecay, value: { beta1, beta2 } }) => {
 *     const direction = tf.sign(tf.add(tf.mul(m, beta1), tf.mul(gradient, 1 - beta1)));
 *     const decayed = tf.mul(parameter, 1 - learningRate * weightDecay);
 *     return {
 *       parameter: tf.sub(decayed, tf.mul(direction, learningRate)),
 *       slots: { m: tf.add(tf.mul(m, beta2), tf.mul(gradient, 1 - beta2)) },
 *     };
 *   },
 * });
 * train({ ...options, optimizer: lion({ learningRate: 3e-4, weightDecay: 0.1, beta1: 0.9, beta2: 0.99 }) });
 */
export function defineOptimizer<Settings extends object = object>({
  name,
  version,
  slots = [],
  rule,
  check,
}: OptimizerDefinition<Settings>): (
  settings: { learningRate: number; weightDecay?: number } & Settings,
) => Optimizer & Settings {
  const where = `defineOptimizer: ${name}`;
  if (typeof name !== 'string' || name === '' || registry.has(key(name, undefined))) {
    throw problem('defineOptimizer: name', 'a name of your own', `"${name}"`);
  }
  requireNumber(`${where}: version`, version, positiveInteger, 'Begin with 1.');
  const wrong = slots.find((slot, i) => !/^\w+$/.test(slot) || slots.indexOf(slot) !== i);
  if (wrong !== undefined) throw problem(`${where}: slots`, 'different names of letters and digits', wrong);
  const same = registry.get(key(name, version));
  if (same !== undefined && same.rule !== rule) {
    const fix =
      'Give the other rule another version or name, and import the module that defines one only once.';
    throw problem(where, 'each name and version once', `another rule for version ${version}`, fix);
  }
  registry.set(key(name, version), {
    name,
    version,
    rule,
    complete(value) {
      requireNumber(`${name}: learningRate`, value.learningRate, positive, 'Try 0.001.');
      if (value.weightDecay !== undefined) {
        requireNumber(`${name}: weightDecay`, value.weightDecay, notNegative, 'Leave it out for none.');
      }
      for (const [setting, given] of Object.entries(value)) requireJson(`${name}: ${setting}`, given);
      check?.(value as Optimizer & Settings);
      return value;
    },
    slots: () => slots,
    update: (value) => updateBy(value, slots, rule as OptimizerRule),
  });
  const row = { name, version };
  return (settings) => parseOptimizer(Object.assign({ ...row }, settings, row)) as Optimizer & Settings;
}

/**
 * An optimizer as options or a file have it, checked and with its defaults.
 *
 * @param where for messages
 * @throws TrainerError `OPTION` when it is none, or its settings make no sense, `NOT_REGISTERED` when nothing imported defines it.
 */
export function parseOptimizer(value: unknown, where = 'optimizer'): Optimizer {
  return registered(value, where).complete(value as Optimizer);
}

/** What moves the parameters, the names of what it keeps between steps, and how far from them it wants the gradients. */
export function updateOf(optimizer: Optimizer): {
  slots: readonly string[];
  update: Update;
  radius: number | undefined;
} {
  const { complete, slots, update, radius } = registered(optimizer, 'optimizer');
  const value = complete(optimizer);
  return { slots: slots(value), update: update(value), radius: radius?.(value) };
}

function registered(value: unknown, where: string): Registered {
  const expected = 'an optimizer of @residual/trainer';
  const { name, version } = (value ?? {}) as Optimizer;
  if (typeof value !== 'object' || typeof name !== 'string') {
    const fix = 'Use sgd({ learningRate: 0.01 }), or define one with defineOptimizer.';
    throw problem(where, expected, describe(value), fix);
  }
  const found = registry.get(key(name, version));
  if (found !== undefined) return found;
  const names = [...registry.values()].map(nameOf).join('; ');
  const fix = 'Import the module that defines it with defineOptimizer before the run starts.';
  throw new TrainerError('NOT_REGISTERED', {
    where,
    expected: `${expected} that is registered (${names})`,
    received: nameOf({ name, version }),
    fix,
  });
}

function nameOf({ name, version }: Pick<Registered, 'name' | 'version'>): string {
  return version === undefined ? name : `${name}, version ${version}`;
}

/** Such as `an AdamOptimizer of TensorFlow.js`. Their class names are given as a method: those of a bundle are short. */
function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null)
    return typeof value === 'string' ? `"${value}"` : `${value}`;
  if ('applyGradients' in value && 'getClassName' in value && typeof value.getClassName === 'function') {
    const name = `${value.getClassName()}Optimizer`;
    return `${/^[AEIOU]/.test(name) ? 'an' : 'a'} ${name} of TensorFlow.js`;
  }
  return 'an object without a name';
}

function requireJson(where: string, value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value))
    throw problem(where, 'a finite number', `${value}`);
  if (!['function', 'symbol', 'bigint'].includes(typeof value)) return;
  throw problem(where, 'what JSON can hold', `a ${typeof value}`);
}
