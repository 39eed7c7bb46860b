/** Counts checks and says each one's outcome on a line; `pnpm run check:packages` ends with the sum. */
export class Report {
  readonly #counts = { passed: 0, failed: 0, skipped: 0 };

  /** Runs one check: it fails by throwing, and the others still run. Resolves to whether it passed. */
  async check(name: string, run: () => Promise<void> | void): Promise<boolean> {
    try {
      await run();
    } catch (error) {
      this.#counts.failed++;
      const message = error instanceof Error ? error.message : String(error);
      console.log(`FAIL ${name}\n     ${message.trim().replaceAll('\n', '\n     ')}`);
      return false;
    }
    this.#counts.passed++;
    console.log(`ok   ${name}`);
    return true;
  }

  skip(name: string, reason: string): void {
    this.#counts.skipped++;
    console.log(`skip ${name}: ${reason}`);
  }

  get failed(): number {
    return this.#counts.failed;
  }

  summary(): string {
    const { passed, failed, skipped } = this.#counts;
    return `${passed} passed, ${failed} failed, ${skipped} skipped`;
  }
}
