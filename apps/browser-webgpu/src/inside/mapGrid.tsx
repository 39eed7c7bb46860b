import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { ByteCanvas } from '../pixels/byteCanvas.js';
import { mosaic } from '../pixels/mosaic.js';
import type { Maps } from '../session/session.js';

/** More would be a wall of stamps. */
const FIRST = 64;

/** Pictures side by side, such as the channels of a layer's output: one canvas, as each costs the page a moment. */
export function MapGrid({ maps, what }: { maps: Maps; what: string }) {
  const showsAll = useSignal(false);
  const { count, path, channels } = maps;
  const shown = showsAll.value ? count : Math.min(count, FIRST);
  const grid = useMemo(() => mosaic(maps, shown), [maps, shown]);
  return (
    <>
      <div class="map-grid">
        <ByteCanvas
          {...grid}
          label={`${what}s of ${path}: ${shown} ${channels === 3 ? 'coloured' : 'grey'} pictures`}
        />
      </div>
      {count > FIRST && (
        <button type="button" onClick={() => (showsAll.value = !showsAll.value)}>
          {showsAll.value ? `Show the first ${FIRST}` : `Show all ${count}`}
        </button>
      )}
    </>
  );
}
