import { OpsError, type OpsProblem } from './error.js';

/** What an option can be set to. */
export type OptionValue = string | number;

/** Options by name, as a command line, a form or a file gives them; an absent or undefined one is the backend's own choice. */
export type OptionValues = { readonly [name: string]: OptionValue | undefined };

/** One option of a backend, so that an app can offer it without knowing it: as a flag, in a form, in a run's settings. */
export interface BackendOption {
  /** As code spells it, such as `tileWidth`; a command line makes `--tile-width` of it. Backends that share an option share its name. */
  readonly name: string;
  /** For a list of options: what it does, what it may be, what it is by default. */
  readonly help: string;
  readonly values:
    | { readonly kind: 'wholeNumber'; readonly from: number; readonly to: number }
    | { readonly kind: 'oneOf'; readonly choices: readonly OptionValue[] }
    | { readonly kind: 'text' };
  /** The value that is the same as none, if there is one. */
  readonly default?: OptionValue;
  /** Whether results may have other bits with another value. Then a run keeps it, and a backend without the option can't stand in. */
  readonly changesBits: boolean;
}

/** Of each backend that has threads. */
export const threadsOption: BackendOption = {
  name: 'threads',
  help: 'where the backend has threads; default: one for each core',
  values: { kind: 'wholeNumber', from: 1, to: 1024 },
  changesBits: false,
};

/**
 * The options of several backends, each name once.
 *
 * @param candidates in the order in which their options are listed
 */
export function optionsOf(
  candidates: readonly { readonly options: readonly BackendOption[] }[],
): BackendOption[] {
  const byName = new Map<string, BackendOption>();
  for (const option of candidates.flatMap(({ options }) => options)) {
    if (!byName.has(option.name)) byName.set(option.name, option);
  }
  return [...byName.values()];
}

/**
 * What is wrong with an option's value; undefined where nothing is.
 *
 * @param where names it, such as `simd: threads`
 */
export function optionProblem(
  option: BackendOption,
  value: unknown,
  where: string = option.name,
): OpsProblem | undefined {
  if (value === undefined || accepts(option, value)) return undefined;
  const received = typeof value === 'string' ? value || 'nothing' : String(value);
  return { where, expected: describe(option), received, fix: 'Leave it out for the default.' };
}

/**
 * The value that a command line's or a form's text stands for.
 *
 * @param where names it, such as `--threads`
 * @throws OpsError `OPTION` for a text that stands for none.
 */
export function parseOption(option: BackendOption, text: string, where: string = option.name): OptionValue {
  const value = valueIn(option, text);
  const problem = optionProblem(option, value ?? text, where);
  if (problem !== undefined) throw new OpsError('OPTION', problem);
  return value!;
}

function valueIn({ values }: BackendOption, text: string): OptionValue | undefined {
  if (values.kind === 'wholeNumber') return /^\d+$/.test(text) ? Number(text) : undefined;
  if (values.kind === 'oneOf') return values.choices.find((choice) => String(choice) === text);
  return text;
}

function accepts({ values }: BackendOption, value: unknown): boolean {
  if (values.kind === 'oneOf') return values.choices.some((choice) => choice === value);
  if (values.kind === 'text') return typeof value === 'string' && value !== '';
  return Number.isInteger(value) && (value as number) >= values.from && (value as number) <= values.to;
}

function describe({ values }: BackendOption): string {
  if (values.kind === 'text') return 'some text';
  if (values.kind === 'wholeNumber') return `a whole number from ${values.from} to ${values.to}`;
  const last = values.choices.length - 1;
  return last === 0
    ? String(values.choices[0])
    : `${values.choices.slice(0, last).join(', ')} or ${values.choices[last]}`;
}
