// Runs a bundle of Jasmine tests on WebGPU through Dawn and prints the counts and the failures: node run.cjs <bundle>.
// ONLY is a pattern of the tests' full names.

const Jasmine = require('jasmine');

async function main() {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu: create([]), userAgent: 'node' },
    configurable: true,
  });
  const jasmine = new Jasmine();
  jasmine.loadConfig({ spec_files: [process.argv[2]], random: false });
  jasmine.exitOnCompletion = false;
  // On the processor, which others may use as well. The default, 5 s, is less than the first shader can take.
  jasmine.jasmine.DEFAULT_TIMEOUT_INTERVAL = 300_000;
  jasmine.clearReporters();
  const counts = { passed: 0, failed: 0, pending: 0 };
  const failures = [];
  jasmine.addReporter({
    specDone({ status, fullName, failedExpectations }) {
      if (status in counts) counts[status]++;
      if (status === 'failed') failures.push({ name: fullName, message: failedExpectations[0]?.message });
    },
  });
  await jasmine.execute(undefined, process.env.ONLY);
  process.stdout.write(`${JSON.stringify({ ...counts, failures })}\n`);
  process.exit();
}

main();
