/**
 * Skips the running test because this machine lacks `what` (a backend's name, or `browser`) and says why. Where the
 * environment's REQUIRE_BACKENDS lists `what`, as in `REQUIRE_BACKENDS=simd,browser`, the test fails instead.
 *
 * @param context The test's own: `test('...', (context) => ...)`.
 */
export function unavailable(context: { skip(note: string): never }, what: string, reason: string): never {
  const required = process.env.REQUIRE_BACKENDS?.split(',') ?? [];
  if (required.includes(what)) throw new Error(`${what} is required here (REQUIRE_BACKENDS): ${reason}`);
  const note = `${what}: ${reason}`;
  // vitest's reporter only counts what was skipped.
  process.stderr.write(`skipped: ${note}\n`);
  return context.skip(note);
}
