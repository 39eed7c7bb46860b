import { useSignal } from '@preact/signals';
import { ByteCanvas } from '../pixels/byteCanvas.js';
import type { Maps } from '../session/session.js';

/** More would be a wall of stamps. */
const FIRST = 64;

/** Grey pictures side by side, such as the channels of a layer's output. */
export function MapGrid({ maps, what }: { maps: Maps; what: string }) {
  const showsAll = useSignal(false);
  const { count, width, height, pixels } = maps;
  const shown = showsAll.value ? count : Math.min(count, FIRST);
  return (
    <>
      <div class="map-grid" role="img" aria-label={`${what}s of ${maps.path}: ${shown} grey pictures`}>
        {Array.from({ length: shown }, (_, map) => (
          <ByteCanvas
            key={map}
            pixels={pixels.subarray(map * width * height, (map + 1) * width * height)}
            width={width}
            height={height}
          />
        ))}
      </div>
      {count > FIRST && (
        <button type="button" onClick={() => (showsAll.value = !showsAll.value)}>
          {showsAll.value ? `Show the first ${FIRST}` : `Show all ${count}`}
        </button>
      )}
    </>
  );
}
