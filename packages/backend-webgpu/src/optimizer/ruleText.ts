import type { Rule, RuleArithmetic, RuleSettings, RuleValues } from '@residual/ops';

/** A rule's arithmetic as WGSL, a line each, for the structs of ruleValues.wgsl. */
class Lines implements RuleArithmetic<string> {
  readonly #lines: string[] = [];
  readonly add = (a: string, b: string) => this.#let(`${a} + ${b}`);
  readonly sub = (a: string, b: string) => this.#let(`${a} - ${b}`);
  readonly mul = (a: string, b: string) => this.#let(`${a} * ${b}`);
  readonly div = (a: string, b: string) => this.#let(`${a} / ${b}`);
  readonly sqrt = (a: string) => this.#let(`sqrt(${a})`);
  readonly sign = (a: string) => this.#let(`sign(${a})`);

  /** A function that ends with this expression. */
  function(signature: string, result: string): string {
    return [`fn ${signature} {`, ...this.#lines, `  return ${result};`, '}'].join('\n');
  }

  #let(expression: string): string {
    const name = `t${this.#lines.length}`;
    this.#lines.push(`  let ${name} = ${expression};`);
    return name;
  }
}

/** `next`, and of a layer-wise rule `measured` and `trustOf`. The rule's constants are members of `parameters`. */
export function ruleText(
  rule: Rule,
  settings: RuleSettings,
): { next: string; measured: string; trust: string } {
  const names = rule.slots(settings);
  const constants = Object.fromEntries(
    Object.keys(rule.constants(settings, 0)).map((name) => [name, `parameters.${name}`]),
  );
  const values: RuleValues<string> = {
    ...{ parameter: 'v.parameter', gradient: 'v.gradient', constants, trust: 'v.trust' },
    slots: Object.fromEntries(names.map((name, slot) => [name, `v.slot${slot}`])),
    ...{ learningRate: 'v.learningRate', weightDecay: 'v.weightDecay' },
  };
  const move = new Lines();
  const moved = rule.next(move, values, settings);
  const [slot0 = '0.0', slot1 = '0.0'] = names.map((name) => moved.slots[name]!);
  const next = move.function('next(v: Values) -> Result', `Result(${moved.parameter}, ${slot0}, ${slot1})`);
  if (rule.layerwise === undefined) return { next, measured: '', trust: '' };
  const measure = new Lines();
  const measured = rule.layerwise.measured(measure, values);
  const weigh = new Lines();
  const lengths = { parameter: 'parameter', measured: 'measured' };
  const trust = rule.layerwise.trust(weigh, lengths, { weightDecay: 'weightDecay', constants });
  return {
    next,
    measured: measure.function('measured(v: Values) -> f32', measured),
    trust: weigh.function('trustOf(parameter: f32, measured: f32, weightDecay: f32) -> f32', trust),
  };
}
