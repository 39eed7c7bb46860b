import type { ConformanceCase } from '../case.js';
import { assertCentralDifference } from '../centralDifference.js';
import { assertClose } from '../compare.js';
import { drawInputs } from '../draw.js';
import { ConformanceError } from '../error.js';
import { executeSubject, type NamedValues } from '../execute.js';
import { assertBackend } from '../kernels.js';
import type { Context } from '../options.js';
import { type DrawnCase, gradientName, type Subject, type ValuesOf } from '../subject.js';
import type { Values } from '../values.js';
import { compareWithReference } from './fixtures.js';

const MARGIN = 1e-4; // of a gate to its tie: rounding must not flip it, nor a central difference cross it
const SEEDS = 1000;

/** The operation at larger and odder shapes: against its formula in float64, and the gradients of that by differences. */
export function drawnCases<Inputs, Attributes>(
  subject: Subject<Inputs, Attributes>,
  context: Context,
): ConformanceCase[] {
  return (subject.drawn ?? []).map((drawn) => ({
    group: subject.name,
    name: `drawn: ${drawn.name}`,
    run: async () => {
      assertBackend(context);
      const where = `${subject.name} ${drawn.name}`;
      const inputs = drawAwayFromTies(subject, drawn);
      const actual = await executeSubject(subject, where, inputs, drawn.attributes, context);
      compareWithFloat64(subject, `${where}: float64`, inputs, drawn.attributes, actual, context);
      await compareWithReference(subject, where, inputs, drawn.attributes, actual, context);
    },
  }));
}

function drawAwayFromTies<Inputs, Attributes>(
  subject: Subject<Inputs, Attributes>,
  { name, inputs, attributes }: DrawnCase<Inputs, Attributes>,
): ValuesOf<Inputs> {
  for (let seed = 0; seed < SEEDS; seed++) {
    const drawn = drawInputs<Inputs>(seed, inputs);
    if ((subject.gap?.(drawn, attributes) ?? Infinity) >= MARGIN) return drawn;
  }
  throw new ConformanceError('FIXTURE', {
    where: `${subject.name} ${name}`,
    expected: `one of ${SEEDS} seeds to keep every gate ${MARGIN} from a tie`,
    received: 'none',
    fix: 'Use a smaller shape.',
  });
}

function compareWithFloat64<Inputs, Attributes>(
  { float64 }: Subject<Inputs, Attributes>,
  where: string,
  inputs: ValuesOf<Inputs>,
  attributes: Attributes,
  actual: NamedValues,
  { tolerance }: Context,
): void {
  if (float64 === undefined) return;
  const expected = float64(inputs, attributes);
  const value = actual.y ?? actual.loss;
  assertClose(where, value!, expected, { relative: tolerance.forward });
  for (const [name, input] of Object.entries<Values>(inputs)) {
    const gradient = actual[gradientName(name)];
    if (gradient === undefined) continue;
    const { dy } = inputs as { dy?: Values };
    const f = (values: Values) => float64({ ...inputs, [name]: values }, attributes);
    assertCentralDifference(`${where}: ${gradientName(name)}`, gradient, input, dy!, f, tolerance.gradient);
  }
}
