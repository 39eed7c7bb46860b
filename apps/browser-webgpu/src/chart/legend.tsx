import type { Curve } from './curves.js';

/** The names of the curves with their last values. */
export function Legend({ curves }: { curves: readonly Curve[] }) {
  return (
    <ul class="legend">
      {curves.map(({ name, color, dashes, axis, points }) => (
        <li key={name}>
          <svg width="28" height="8" aria-hidden="true">
            <line
              x1="1"
              x2="27"
              y1="4"
              y2="4"
              stroke-width="2.5"
              stroke-dasharray={dashes}
              style={{ stroke: `var(${color})` }}
            />
          </svg>
          <span>{name}</span>
          <b>{lastValue(points.at(-1)?.y, axis)}</b>
        </li>
      ))}
    </ul>
  );
}

function lastValue(value: number | undefined, axis: Curve['axis']): string {
  if (value === undefined) return '–';
  return axis === 'loss' ? value.toFixed(3) : `${(100 * value).toFixed(1)}%`;
}
