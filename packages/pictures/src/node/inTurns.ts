/** As many as libuv's pool decodes at a time; more would only take memory. */
const AT_A_TIME = 4;

/** Runs a task for each number below `count`, some at a time. */
export async function inTurns(count: number, run: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: Math.min(AT_A_TIME, count) }, worker));
}
