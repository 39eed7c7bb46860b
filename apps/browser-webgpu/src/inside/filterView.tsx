import { Fold } from '../fold.js';
import type { LookInside } from './lookInside.js';
import { MapGrid } from './mapGrid.js';

/** What the first convolution looks for. */
export function FilterView({ look }: { look: LookInside }) {
  const filters = look.filters.value;
  if (filters === undefined) return null;
  return (
    <div class="filters">
      <Fold title={<h3>Filters of the stem</h3>}>
        <p class="hint">
          The {filters.count} patterns of {filters.height} x {filters.width} pixels that the first convolution
          looks for.
        </p>
        <MapGrid maps={filters} what="Filter" />
      </Fold>
    </div>
  );
}
