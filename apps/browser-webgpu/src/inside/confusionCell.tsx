import { viridisAt } from '../pixels/palette.js';
import type { Pair } from '../session/session.js';

export interface ConfusionCellProps {
  pair: Pair;
  count: number;
  /** Of the row, in [0, 1]. */
  share: number;
  /** The whole cell in words. */
  words: string;
  /** Its pictures are in the list. */
  isShown: boolean;
  /** The tab key stops here; from here the arrow keys lead on. */
  isStop: boolean;
  onChoose: () => void;
}

/** How many pictures of one class are taken for one class. */
export function ConfusionCell({ pair, count, share, words, isShown, isStop, onChoose }: ConfusionCellProps) {
  if (count === 0) return <td class="none">0</td>;
  // The square root, so that a rare mistake is not the colour of none. From dark to bright on a dark page and the
  // other way round on a bright one: a full cell stands out on either.
  const strength = Math.sqrt(share);
  const dark = viridisAt(strength);
  const light = viridisAt(1 - strength);
  return (
    <td>
      <button
        type="button"
        class="cell"
        data-label={pair.label}
        data-predicted={pair.predicted}
        aria-label={words}
        aria-pressed={isShown}
        tabIndex={isStop ? 0 : -1}
        style={{
          '--dark-ground': dark.ground,
          '--dark-ink': dark.ink,
          '--light-ground': light.ground,
          '--light-ink': light.ink,
        }}
        onClick={onChoose}
      >
        {count}
      </button>
    </td>
  );
}
