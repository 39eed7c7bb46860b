import * as v from 'valibot';
import { DataError, type DataProblem } from './error.js';

export interface ValidateOptions {
  /** What to do about a wrong value: one full sentence. */
  fix?: string;
  /** Makes the error. Default: a `DataError` `FORMAT`. */
  fail?: (problem: DataProblem) => Error;
}

/**
 * Checks a value from a file or a caller against a valibot schema.
 *
 * @param where The file or argument that the value comes from; the field's path is added to it.
 * @returns the value as the schema gives it, defaults filled in.
 * @throws what `fail` makes, for the first field that is wrong: its path, what was expected, and what came.
 *
 * @example
 * const { epochs } = validate(v.object({ epochs: v.number() }), JSON.parse(text), 'config.json');
 */
export function validate<Output>(
  schema: v.GenericSchema<unknown, Output>,
  value: unknown,
  where: string,
  { fix = 'Correct the field.', fail = (problem) => new DataError('FORMAT', problem) }: ValidateOptions = {},
): Output {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue, keys] = innermost(result.issues[0]);
  // An issue's own input is the key of a field too many, and the whole object of a check that was forwarded.
  const received = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)?.[key], value);
  const surplus = issue.kind === 'schema' && issue.expected === 'never';
  throw fail({
    where: keys.length === 0 ? where : `${where}: ${keys.map(keyText).join('.')}`,
    expected: surplus ? 'no such field' : expectation(issue),
    received: received === undefined ? 'nothing' : text(received),
    fix: surplus ? 'Leave it out, or correct its name.' : fix,
  });
}

/** Of a union's issue the one inside the option that is meant, by its name; with the keys that lead to the field. */
function innermost(
  issue: v.BaseIssue<unknown>,
  around: readonly string[] = [],
): [issue: v.BaseIssue<unknown>, keys: readonly string[]] {
  const keys = [...around, ...(issue.path ?? []).map(({ key }) => String(key))];
  const meant = issue.issues?.find(({ type }) => type !== 'literal');
  return meant === undefined ? [issue, keys] : innermost(meant, keys);
}

function expectation({ kind, type, expected, message }: v.BaseIssue<unknown>): string {
  if (kind === 'schema')
    return type.includes('object') && expected?.startsWith('"') ? 'this field' : (expected ?? message);
  if (type === 'integer' || type === 'safe_integer') return 'a whole number';
  if (type === 'finite') return 'a finite number';
  if (type === 'non_empty') return 'one that is not empty';
  if (type === 'min_value') return `at least ${expected?.replace('>=', '')}`;
  if (type === 'gt_value') return `above ${expected?.replace('>', '')}`;
  if (type === 'max_value') return `at most ${expected?.replace('<=', '')}`;
  return message;
}

/** A file may have any. */
const keyText = (key: string) => (/^[\w-]{1,64}$/.test(key) ? key : text(key));

/** Short enough for a line. */
function text(value: unknown): string {
  if (typeof value === 'number') return String(value); // JSON has no NaN
  const whole = typeof value === 'function' ? 'a function' : (JSON.stringify(value) ?? String(value));
  return whole.length <= 80 ? whole : `${whole.slice(0, 77)}...`;
}
