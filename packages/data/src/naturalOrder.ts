const DIGITS = /(\d+)/;

/**
 * Orders names as people count, the same everywhere: digits by their number (2 before 10), all else by UTF-16 code unit, folder by
 * folder. Names that differ in leading zeros alone come with fewer zeros first.
 *
 * @returns below 0 when `a` comes first, above when `b` does; 0 for equal names only. For `Array.sort`.
 */
export function compareNaturally(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareNames(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareNames(a: string, b: string): number {
  const [left, right] = [a.split(DIGITS), b.split(DIGITS)]; // text, digits, text, ...
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = i % 2 === 1 ? compareNumbers(left[i]!, right[i]!) : compareText(left[i]!, right[i]!);
    if (order !== 0) return order;
  }
  return left.length - right.length || a.length - b.length || compareText(a, b);
}

/** Of any number of digits: no number type holds them all. */
function compareNumbers(a: string, b: string): number {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  return left.length - right.length || compareText(left, right);
}

/** By UTF-16 code unit. */
export function compareText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
