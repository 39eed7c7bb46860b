// A peer for tests: `node fakePeer.js JSON` with { name, log, parameters, multiplications, seconds, failAt }. Speaks ../src/protocol.ts and
// writes what it is asked for to the log, which the test reads.
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const {
  name,
  log,
  parameters,
  multiplications,
  threads = 1,
  seconds = 1,
  failAt = 0,
} = JSON.parse(process.argv[2]);
const say = (message) => console.log(JSON.stringify(message));

console.log('A library says hello.');
say({
  ready: { description: `fake ${name}`, versions: { fake: '1.0' }, threads, parameters, multiplications },
});
let asked = 0;
for await (const line of createInterface({ input: process.stdin })) {
  const { steps, profile } = JSON.parse(line);
  appendFileSync(log, `${name}${steps ?? `?${profile}`} `);
  if (profile !== undefined) {
    say({ profile: { milliseconds: 7, kernels: [], convolutions: [] } });
    continue;
  }
  if (++asked === failAt) {
    console.error('Traceback:\nMemoryError: no more');
    process.exit(3);
  }
  say({ seconds });
}
