import { withReferences } from '@residual/ops';
import * as tf from '@tensorflow/tfjs-core';
import { assertSame } from './compare.js';
import { ConformanceError } from './error.js';
import type { Context } from './options.js';
import type { Subject, ValuesOf } from './subject.js';
import { readValues, toTensor, type Values } from './values.js';

export type NamedValues = { readonly [name: string]: Values };

/**
 * Computes twice what `compute` makes of the inputs, and returns it. Checks on the way that
 * the bits are the same, no input is changed, results outlive their inputs, and nothing stays behind.
 */
export async function computeTwice(
  where: string,
  inputs: NamedValues,
  compute: (inputs: tf.NamedTensorMap) => tf.NamedTensorMap,
  { memory }: Pick<Context, 'memory'>,
): Promise<NamedValues> {
  const first = await computeOnce(where, inputs, compute, 'keep');
  // The first call may fill caches (programs, coefficients): from the second on, everything must come back.
  const before = { ...tf.memory(), bytesInUse: memory() };
  const second = await computeOnce(where, inputs, compute, 'drop');
  const after = { ...tf.memory(), bytesInUse: memory() };
  for (const name of ['numTensors', 'numDataBuffers', 'bytesInUse'] as const) {
    if (after[name] !== before[name]) {
      throw new ConformanceError('LEAK', {
        where,
        expected: `${name} to stay ${before[name]}`,
        received: String(after[name]),
        fix: 'Dispose of all but the results.',
      });
    }
  }
  for (const [name, values] of Object.entries(second)) {
    assertSame(`${where}: ${name}`, 'BITS', values, first[name]!);
  }
  return first;
}

async function computeOnce(
  where: string,
  inputs: NamedValues,
  compute: (inputs: tf.NamedTensorMap) => tf.NamedTensorMap,
  inputsAfterwards: 'keep' | 'drop',
): Promise<NamedValues> {
  const given = Object.fromEntries(Object.entries(inputs).map(([name, values]) => [name, toTensor(values)]));
  const results = tf.tidy(() => compute(given));
  if (inputsAfterwards === 'drop') tf.dispose(given);
  const values: Record<string, Values> = {};
  for (const [name, tensor] of Object.entries(results)) {
    values[name] = await readValues(`${where}: ${name}`, tensor);
  }
  tf.dispose(results);
  if (inputsAfterwards === 'keep') {
    for (const [name, tensor] of Object.entries(given)) {
      assertSame(`${where}: ${name}`, 'INPUT', await readValues(where, tensor), inputs[name]!);
    }
    tf.dispose(given);
  }
  return values;
}

/** {@link computeTwice} of an operation. */
export function executeSubject<Inputs, Attributes>(
  subject: Subject<Inputs, Attributes>,
  where: string,
  inputs: ValuesOf<Inputs>,
  attributes: Attributes,
  context: Context,
): Promise<NamedValues> {
  return computeTwice(
    where,
    presentOf(inputs),
    (tensors) => subject.run(tensors as Inputs, attributes),
    context,
  );
}

/** What the operation's references make of the same inputs. */
export function executeReference<Inputs, Attributes>(
  subject: Subject<Inputs, Attributes>,
  where: string,
  inputs: ValuesOf<Inputs>,
  attributes: Attributes,
): Promise<NamedValues> {
  const compute = (tensors: tf.NamedTensorMap) =>
    withReferences(() => subject.run(tensors as Inputs, attributes));
  return computeOnce(where, presentOf(inputs), compute, 'drop');
}

/** Without the optional inputs that are absent. */
function presentOf<Inputs>(inputs: ValuesOf<Inputs>): NamedValues {
  return Object.fromEntries(Object.entries<Values>(inputs).filter(([, values]) => values !== undefined));
}
