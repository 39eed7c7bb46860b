// Work is taken item by item from a counter instead of being dealt out beforehand: threads that the system slows down
// then take fewer. What an item computes never depends on who takes it.

/** The next item: 0, 1, 2, ... `queue` points to a word that is 0 when the kernel starts. */
// @ts-ignore: decorator
@inline
export function take(queue: usize): i32 {
  if (isDefined(SHARED)) return atomic.add<i32>(queue, 1);
  const item = load<i32>(queue);
  store<i32>(queue, item + 1);
  return item;
}
