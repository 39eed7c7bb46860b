import { assertClose, assertSame, floorFor, typicalSize } from './compare.js';
import { ConformanceError } from './error.js';
import type { NamedValues } from './execute.js';
import type { Context } from './options.js';
import { isGradient } from './subject.js';
import { isIntegers } from './values.js';

/** Throws unless what is expected is there: values within the forward tolerance, gradients within theirs, integers exactly. */
export function assertResults(
  where: string,
  actual: NamedValues,
  expected: NamedValues,
  { tolerance }: Pick<Context, 'tolerance'>,
): void {
  const gradients = Object.entries(expected).filter(([name]) => isGradient(name));
  const typical = typicalSize(gradients.map(([, values]) => values));
  for (const [name, values] of Object.entries(expected)) {
    const at = `${where}: ${name}`;
    const received = actual[name];
    if (received === undefined)
      throw new ConformanceError('SHAPE', {
        where: at,
        expected: 'a tensor',
        received: 'none',
        fix: 'Give every result that the operation promises.',
      });
    if (isIntegers(values.data)) {
      assertSame(at, 'VALUE', received, values);
    } else if (isGradient(name)) {
      assertClose(at, received, values, { relative: tolerance.gradient, floor: floorFor(values, typical) });
    } else {
      assertClose(at, received, values, { relative: tolerance.forward });
    }
  }
}
