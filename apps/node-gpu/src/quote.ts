/** A path as it can be pasted into a shell. */
export function shellQuote(path: string): string {
  return /^[\w./\\:@+-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
