import type { Curve } from './curves.js';
import { epochTicks, type Frame, type Scale, STEPS, scalesOf } from './scales.js';
import type { Point } from './thinnedSeries.js';

export interface PlotProps {
  curves: readonly Curve[];
  /** How many epochs the run will have: the width of the plot. */
  epochs: number;
  /** The loss axis has room for it while no loss is known. */
  firstLoss: number;
  width: number;
  height: number;
  /** What a screen reader says in the picture's place. */
  description: string;
}

/** Losses on the left axis, accuracy on the right one, over epochs. */
export function Plot({ curves, epochs, firstLoss, width, height, description }: PlotProps) {
  const frame: Frame = { width, height, left: 44, right: 46, top: 14, bottom: 42 };
  const losses = curves
    .filter(({ axis }) => axis === 'loss')
    .flatMap(({ points }) => points.map(({ y }) => y));
  const scales = scalesOf(frame, epochs, losses.some(Number.isFinite) ? losses : [firstLoss]);
  const floor = height - frame.bottom;
  return (
    <svg class="plot" viewBox={`0 0 ${width} ${height}`} role="img" aria-label={description}>
      {Array.from({ length: STEPS + 1 }, (_, i) => {
        const y = scales.share(i / STEPS);
        return (
          <g key={i}>
            <line class="rule" x1={frame.left} x2={width - frame.right} y1={y} y2={y} />
            <text class="tick" x={frame.left - 8} y={y + 4} text-anchor="end">
              {tidy((scales.top * i) / STEPS)}
            </text>
            <text class="tick" x={width - frame.right + 8} y={y + 4}>
              {Math.round((100 * i) / STEPS)}%
            </text>
          </g>
        );
      })}
      <line class="floor" x1={frame.left} x2={width - frame.right} y1={floor} y2={floor} />
      {epochTicks(epochs, width / 60).map((epoch) => (
        <text key={epoch} class="tick" x={scales.x(epoch)} y={floor + 18} text-anchor="middle">
          {epoch}
        </text>
      ))}
      <text class="axis" x={(frame.left + width - frame.right) / 2} y={height - 6} text-anchor="middle">
        epoch
      </text>
      {curves.map((curve) => (
        <Line key={curve.name} curve={curve} x={scales.x} y={scales[curve.axis]} />
      ))}
    </svg>
  );
}

function Line({ curve, x, y }: { curve: Curve; x: Scale; y: Scale }) {
  const { points, color, dashes, hasMarks } = curve;
  const style = { stroke: `var(${color})` };
  return (
    <g class="curve">
      <path d={pathOf(points, x, y)} style={style} stroke-dasharray={dashes} />
      {hasMarks &&
        points.map((point) => (
          <circle key={point.x} cx={x(point.x)} cy={y(point.y)} r={3} style={{ fill: `var(${color})` }} />
        ))}
    </g>
  );
}

/** An SVG path through points; a value that isn't finite breaks it, and a point alone is a dot. */
export function pathOf(points: readonly Point[], x: Scale, y: Scale): string {
  const isGap = (point: Point | undefined) => point === undefined || !Number.isFinite(point.y);
  const place = (point: Point) => `${x(point.x).toFixed(2)} ${y(point.y).toFixed(2)}`;
  return points
    .map((point, i) => {
      if (isGap(point)) return '';
      return isGap(points[i - 1]) ? `M${place(point)}h0` : `L${place(point)}`;
    })
    .join('');
}

/** 0.30000000000000004 -> 0.3 */
function tidy(value: number): string {
  return String(Number(value.toPrecision(3)));
}
