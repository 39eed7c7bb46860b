// One thread of the pool (pool.ts): runs its share of each kernel. A file of its own, in plain JavaScript, because
// pages with `worker-src 'self'` start workers only from real files, and so that it runs without being built.

const node = globalThis.process?.getBuiltinModule?.('node:worker_threads');
if (node) node.parentPort.once('message', start);
else globalThis.addEventListener('message', ({ data }) => start(data), { once: true });

/** How long to look for the next kernel before sleeping: between two kernels of a step there are some microseconds. */
const SPIN_MILLISECONDS = 1;

function start({ module, memory, thread, signals }) {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  const kernels = Object.keys(exports)
    .sort()
    .map((name) => exports[name]);
  const words = new Int32Array(memory.buffer, 0, 8192);
  const ticket = signals.firstTicket + 16 * thread;
  const parked = ticket + 1;
  post({ ready: thread });

  for (;;) {
    const waiting = awaitTicket(words, ticket, parked);
    if (Atomics.compareExchange(words, ticket, waiting, (waiting + 1) | 0) !== waiting) continue;
    const kernel = words[signals.kernel];
    if (kernel < 0) break;
    try {
      kernels[kernel](words[signals.args], thread, words[signals.threads]);
    } catch {
      // The caller reports it: this thread can't reach the program.
      Atomics.store(words, signals.failed, 1);
    }
    const isLast = Atomics.sub(words, signals.remaining, 1) === 1;
    Atomics.store(words, ticket + 2, (waiting + 1) | 0);
    if (isLast && Atomics.load(words, signals.callerParked) === 1) Atomics.notify(words, signals.remaining);
  }
  if (!node) globalThis.close();
}

/** Waits until the ticket is odd, and returns it. */
function awaitTicket(words, ticket, parked) {
  const end = performance.now() + SPIN_MILLISECONDS;
  do {
    for (let i = 0; i < 1000; i++) {
      const now = Atomics.load(words, ticket);
      if (now % 2 !== 0) return now;
    }
  } while (performance.now() < end);
  Atomics.store(words, parked, 1);
  let now = Atomics.load(words, ticket);
  for (; now % 2 === 0; now = Atomics.load(words, ticket)) Atomics.wait(words, ticket, now);
  Atomics.store(words, parked, 0);
  return now;
}

function post(message) {
  if (node) node.parentPort.postMessage(message);
  else globalThis.postMessage(message);
}
