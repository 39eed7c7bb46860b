// Runs a bundle of Jasmine tests and prints the counts: node run.cjs <bundle>.

const Jasmine = require('jasmine');

const jasmine = new Jasmine();
jasmine.loadConfig({ spec_files: [process.argv[2]], random: false });
jasmine.exitOnCompletion = false;
jasmine.clearReporters();
const counts = { passed: 0, failed: 0, pending: 0 };
const failures = [];
jasmine.addReporter({
  specDone({ status, fullName, failedExpectations }) {
    if (status in counts) counts[status]++;
    if (status === 'failed') failures.push(`${fullName}: ${failedExpectations[0]?.message}`);
  },
});
jasmine.execute().then(() => {
  process.stdout.write(`${JSON.stringify({ ...counts, failures: failures.slice(0, 20) })}\n`);
});
