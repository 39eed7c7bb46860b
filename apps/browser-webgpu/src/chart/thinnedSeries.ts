export interface Point {
  x: number;
  y: number;
}

/**
 * A line of points, of which a limited number is kept however many are added: when there are too many, neighbours
 * become their mean. So an hour's run takes no more memory, and no longer to draw, than a minute's.
 */
export class ThinnedSeries {
  #points: Point[] = [];
  #pending: Point[] = [];
  /** How many added points make one that is kept. */
  #group = 1;

  /** @param most even */
  constructor(private readonly most = 600) {}

  add(point: Point): void {
    this.#pending.push(point);
    if (this.#pending.length < this.#group) return;
    this.#points.push(mean(this.#pending));
    this.#pending = [];
    if (this.#points.length < this.most) return;
    this.#points = Array.from({ length: this.most / 2 }, (_, i) =>
      mean(this.#points.slice(2 * i, 2 * i + 2)),
    );
    this.#group *= 2;
  }

  /** The kept points, and what has been added since. */
  get points(): Point[] {
    return this.#pending.length === 0 ? [...this.#points] : [...this.#points, mean(this.#pending)];
  }
}

function mean(points: readonly Point[]): Point {
  const sum = points.reduce((total, { x, y }) => ({ x: total.x + x, y: total.y + y }), { x: 0, y: 0 });
  return { x: sum.x / points.length, y: sum.y / points.length };
}
