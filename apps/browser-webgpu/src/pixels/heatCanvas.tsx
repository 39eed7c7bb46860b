import { useLayoutEffect, useRef } from 'preact/hooks';
import type { HeatMap } from '../session/session.js';
import { viridis } from './palette.js';
import './pixels.css';

export interface HeatCanvasProps {
  map: HeatMap;
  /** In [0, 1]. */
  opacity: number;
  label: string;
}

/** A heat map in the colours of viridis, to lie over the picture that it is of. */
export function HeatCanvas({ map: { values, width, height }, opacity, label }: HeatCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const data = new ImageData(width, height);
    values.forEach((value, pixel) => {
      const color = 3 * Math.round(255 * Math.min(1, Math.max(0, value)));
      data.data.set(viridis.subarray(color, color + 3), 4 * pixel);
      data.data[4 * pixel + 3] = 255;
    });
    canvas.current?.getContext('2d')?.putImageData(data, 0, 0);
  }, [values, width, height]);
  return (
    <canvas
      ref={canvas}
      class="heat"
      width={width}
      height={height}
      role="img"
      aria-label={label}
      style={{ opacity }}
    />
  );
}
