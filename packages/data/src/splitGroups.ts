import { DataError } from './error.js';

/**
 * Finds the person, patient or object of each path by a pattern: a regular expression, whose first parentheses are the group, or else
 * all that it matches. `patient-\\d+` finds `patient-12` in `cat/patient-12/3.png`, and `([^/]+)_[^/]*$` finds `p07` in
 * `cat/p07_left.png`. A picture whose path doesn't match is a group of its own.
 *
 * @param paths In the source, with `/` between folders.
 * @returns the group of each path; undefined where there is none.
 * @throws DataError `ARGUMENT` when the pattern is no regular expression, matches no path, or puts all into one group.
 *
 * @example
 * groupsBy('patient-\\d+', ['cat/patient-1/a.png', 'dog/patient-1/b.png', 'c.png']); // ['patient-1', 'patient-1', undefined]
 */
export function groupsBy(pattern: string, paths: readonly string[]): (string | undefined)[] {
  const expression = expressionOf(pattern);
  const groups = paths.map((path) => {
    const match = expression.exec(path.normalize('NFC'));
    const group = match === null ? undefined : match.length > 1 ? match[1] : match[0];
    return group === '' ? undefined : group;
  });
  const found = new Set(groups);
  if (paths.length === 0) return groups;
  if (found.size === 1 && found.has(undefined))
    throw wrong(pattern, `a pattern that matches a path such as ${paths[0]}`, 'one that matches none');
  if (found.size === 1 && paths.length > 1) {
    throw wrong(
      pattern,
      'a pattern that tells groups apart',
      `the group ${JSON.stringify(groups[0])} for all of ${paths.length} pictures`,
    );
  }
  return groups;
}

function expressionOf(pattern: string): RegExp {
  try {
    if (pattern === '') throw new SyntaxError('an empty pattern');
    return new RegExp(pattern, 'u');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw wrong(pattern, 'a regular expression', reason, { cause });
  }
}

function wrong(pattern: string, expected: string, received: string, options?: ErrorOptions): DataError {
  const fix =
    'Write a regular expression whose first parentheses, or all that it matches, is the group: patient-\\d+ for patient-12/3.png.';
  return new DataError('ARGUMENT', { where: `group ${pattern}`, expected, received, fix }, options);
}
