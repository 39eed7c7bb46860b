const LONGEST_HOLD_MS = 30;

/** Lets the rest of the program run: timers, signals, progress bars, a page's clicks and frames. */
function macrotask(): Promise<void> {
  // setTimeout waits up to 4 ms in browsers, and a second in hidden tabs; these two do not.
  if (typeof globalThis.setImmediate === 'function') {
    return new Promise((resolve) => globalThis.setImmediate(resolve));
  }
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

/** A function that yields to the event loop when it last did so a while ago, and is free otherwise. */
export function breather(): () => Promise<void> {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < LONGEST_HOLD_MS) return;
    await macrotask();
    last = performance.now();
  };
}
