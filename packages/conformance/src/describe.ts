import type { ConformanceOptions } from './options.js';
import { conformanceCases } from './suite.js';

/** What vitest, jest, mocha and jasmine have in common. */
export interface TestFramework {
  describe(name: string, define: () => void): unknown;
  it(name: string, run: () => Promise<void>): unknown;
}

/**
 * Defines a test for every case. Make the backend active first, in a `beforeAll`.
 *
 * @example
 * describeConformance({ describe, it }, { backend: 'mine', requireKernels: true });
 */
export function describeConformance({ describe, it }: TestFramework, options: ConformanceOptions): void {
  const cases = conformanceCases(options);
  describe(`${options.backend} conforms`, () => {
    for (const group of new Set(cases.map((each) => each.group))) {
      describe(group, () => {
        for (const each of cases) if (each.group === group) it(each.name, () => each.run());
      });
    }
  });
}
