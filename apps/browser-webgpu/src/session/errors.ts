export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The stable name of what went wrong, where the error has one. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string'
    ? error.code
    : 'UNEXPECTED';
}
