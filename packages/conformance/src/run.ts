import type { ConformanceOptions } from './options.js';
import { conformanceCases } from './suite.js';

export interface ConformanceResult {
  /** Group and name of the case. */
  readonly name: string;
  /** Absent where the case passed. */
  readonly error?: Error;
}

/**
 * Runs every case, one after the other, where there is no test framework: on a page, for instance.
 *
 * @example
 * for await (const { name, error } of runConformance({ backend: 'mine' })) if (error) console.error(name, error);
 */
export async function* runConformance(options: ConformanceOptions): AsyncGenerator<ConformanceResult> {
  for (const each of conformanceCases(options)) {
    const name = `${each.group}: ${each.name}`;
    try {
      await each.run();
      yield { name };
    } catch (error) {
      yield { name, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}
