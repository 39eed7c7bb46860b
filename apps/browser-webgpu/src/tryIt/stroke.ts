/** A place on the pad, whose sides are `PAD_SIDE` long, and how wide the brush is there. */
export interface StrokePoint {
  x: number;
  y: number;
  width: number;
}

/** From where the brush touches the pad to where it leaves it. */
export interface Stroke {
  points: StrokePoint[];
  /** What it encloses is filled, if it ends near where it began. */
  fills: boolean;
}

/** The side of the pad, in its own pixels: enough for strokes that are smooth. */
export const PAD_SIDE = 280;

/** What a drawing is painted with. */
export interface Colors {
  ground: string;
  ink: string;
}

/** For networks that have learnt things that are light on a dark ground, such as MNIST's makers took. */
export const chalk: Colors = { ground: '#000', ink: '#f2f2f2' };
/** For others. */
export const pencil: Colors = { ground: '#fff', ink: '#222' };

/** An outline is closed when its ends are nearer to each other than this share of its own size. */
const GAP = 0.2;
/** A smaller stroke is a dot or a dash, whatever its ends do. */
const LEAST_OUTLINE = 40;

/** Paints a whole drawing. */
export function paint(
  context: CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D,
  strokes: readonly Stroke[],
  { ground, ink }: Colors,
): void {
  context.fillStyle = ground;
  context.fillRect(0, 0, PAD_SIDE, PAD_SIDE);
  context.fillStyle = context.strokeStyle = ink;
  context.lineCap = context.lineJoin = 'round';
  for (const { points, fills } of strokes) {
    points.forEach(({ x, y, width }, i) => {
      const from = points[i - 1] ?? { x, y };
      context.lineWidth = width;
      context.beginPath();
      context.moveTo(from.x, from.y);
      context.lineTo(x, y);
      context.stroke();
    });
    if (!fills || !isOutline(points)) continue;
    context.beginPath();
    for (const { x, y } of points) context.lineTo(x, y);
    context.fill();
  }
}

/** Whether a stroke goes round something. */
export function isOutline(points: readonly StrokePoint[]): boolean {
  const first = points[0];
  const last = points.at(-1);
  if (first === undefined || last === undefined) return false;
  const across = points.map(({ x }) => x);
  const down = points.map(({ y }) => y);
  const extent = Math.hypot(Math.max(...across) - Math.min(...across), Math.max(...down) - Math.min(...down));
  return extent >= LEAST_OUTLINE && Math.hypot(last.x - first.x, last.y - first.y) <= GAP * extent;
}
