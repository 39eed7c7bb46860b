import { afterEach } from 'vitest';

// A warning or an error that no test expects is a finding: it fails the test during which it was printed. A test that
// expects one spies on the console itself.
const printed: string[] = [];

/** tfjs's cpu backend greets whoever runs it in Node. */
const GREETING = 'you are running TensorFlow.js in Node.js';

for (const method of ['warn', 'error'] as const) {
  console[method] = (...values: unknown[]) => {
    const text = values.map(String).join(' ');
    if (!text.includes(GREETING)) printed.push(`console.${method}: ${text}`);
  };
}

afterEach(() => {
  const unexpected = printed.splice(0);
  if (unexpected.length > 0) throw new Error(`Printed during the test:\n${unexpected.join('\n')}`);
});
