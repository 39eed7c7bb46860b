import type { ConformanceCase } from '../case.js';
import { executeReference, executeSubject, type NamedValues } from '../execute.js';
import { fixtureCaseNames, loadFixtureCase, tensorOf } from '../fixture.js';
import { assertBackend, hasOwnKernel } from '../kernels.js';
import type { Context } from '../options.js';
import { assertResults } from '../results.js';
import type { Subject, ValuesOf } from '../subject.js';
import type { Values } from '../values.js';

/** The operation against PyTorch's numbers, for each case of its fixture. */
export function fixtureCases<Inputs, Attributes>(
  subject: Subject<Inputs, Attributes>,
  context: Context,
): ConformanceCase[] {
  return fixtureCaseNames(subject.name).map((name) => ({
    group: subject.name,
    name: `PyTorch: ${name}`,
    run: async () => {
      assertBackend(context);
      const where = `${subject.name} ${name}`;
      const fixture = await loadFixtureCase<Attributes>(subject.name, name, context);
      const inputs: Record<string, Values> = {};
      for (const input of subject.inputs) {
        const values = fixture.tensors.get(input);
        if (values !== undefined) inputs[input] = values;
      }
      const given = inputs as ValuesOf<Inputs>;
      const actual = await executeSubject(subject, where, given, fixture.attrs, context);
      const expected = Object.keys(actual).map((result) => [result, tensorOf(fixture, result)]);
      assertResults(`${where}: PyTorch`, actual, Object.fromEntries(expected), context);
      await compareWithReference(subject, where, given, fixture.attrs, actual, context);
    },
  }));
}

/** Where the backend has a kernel of its own: the same numbers as from the operation's reference on that backend. */
export async function compareWithReference<Inputs, Attributes>(
  subject: Subject<Inputs, Attributes>,
  where: string,
  inputs: ValuesOf<Inputs>,
  attributes: Attributes,
  actual: NamedValues,
  context: Context,
): Promise<void> {
  if (!subject.kernels.some(hasOwnKernel)) return;
  const reference = await executeReference(subject, where, inputs, attributes);
  assertResults(`${where}: reference`, actual, reference, context);
}
