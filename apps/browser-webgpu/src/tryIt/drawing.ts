import { signal } from '@preact/signals';
import type { RawPicture } from '@residual/data';
import { type Colors, chalk, PAD_SIDE, paint, type Stroke, type StrokePoint } from './stroke.js';

/** What is on the drawing pad. */
export class Drawing {
  readonly strokes = signal<readonly Stroke[]>([]);
  /** Of the brush, in the pad's pixels. */
  readonly width = signal(16);
  readonly fills = signal(true);
  readonly colors = signal<Colors>(chalk);

  begin(point: StrokePoint): void {
    this.strokes.value = [...this.strokes.value, { points: [point], fills: this.fills.value }];
  }

  extend(points: readonly StrokePoint[]): void {
    const last = this.strokes.value.at(-1);
    if (last === undefined) return;
    const longer = { ...last, points: [...last.points, ...points] };
    this.strokes.value = [...this.strokes.value.slice(0, -1), longer];
  }

  undo(): void {
    this.strokes.value = this.strokes.value.slice(0, -1);
  }

  clear(): void {
    this.strokes.value = [];
  }

  /** The drawing as pixels. */
  picture(): RawPicture {
    const context = new OffscreenCanvas(PAD_SIDE, PAD_SIDE).getContext('2d')!;
    paint(context, this.strokes.value, this.colors.value);
    return context.getImageData(0, 0, PAD_SIDE, PAD_SIDE);
  }
}
