import { share } from '../simd';
import { filterSquare, SQUARE_BYTES, VECTOR } from './planes';

/** What `winogradFilter` is given. */
@unmanaged
class Filter {
  /** The filter as packPanels lays it out: [panels, 3, 3, depth, width]. */
  taps: usize;
  /** [(size + 2)^2, panels, depth, width], `frequencyStep` floats from one frequency to the next. */
  factors: usize;
  frequencyStep: i32;
  size: i32;
  panels: i32;
  depth: i32;
  width: i32;
  /** SQUARE_BYTES for each thread. */
  scratch: usize;
}

/** Transforms a filter, once for all positions. */
export function winogradFilter(args: usize, thread: i32, threads: i32): void {
  const it = changetype<Filter>(args);
  const rowBytes = <usize>it.width << 2;
  const tapBytes = <usize>it.depth * rowBytes;
  const scratch = it.scratch + <usize>thread * SQUARE_BYTES;
  const end = share(it.panels * it.depth, thread + 1, threads);
  for (let row = share(it.panels * it.depth, thread, threads); row < end; row++) {
    const panel = <usize>(row / it.depth);
    const from = it.taps + panel * 9 * tapBytes + <usize>(row % it.depth) * rowBytes;
    const to = it.factors + <usize>row * rowBytes;
    for (let column: usize = 0; column < rowBytes; column += VECTOR) {
      filterSquare(it.size, from + column, 3 * tapBytes, tapBytes, to + column, <usize>it.frequencyStep << 2, scratch);
    }
  }
}
