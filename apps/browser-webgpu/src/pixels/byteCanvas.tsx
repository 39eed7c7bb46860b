import { useLayoutEffect, useRef } from 'preact/hooks';
import './pixels.css';

export interface ByteCanvasProps {
  /** width * height bytes, row by row; 0 is black. */
  pixels: Uint8Array;
  width: number;
  height: number;
  /** What it shows, for those who don't see it. Without one it says nothing the text beside it doesn't say. */
  label?: string;
}

/** Grey bytes, each a crisp square, as large as its style makes it. */
export function ByteCanvas({ pixels, width, height, label }: ByteCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const data = new ImageData(width, height);
    for (let pixel = 0; pixel < width * height; pixel++) {
      data.data.fill(pixels[pixel]!, 4 * pixel, 4 * pixel + 3);
      data.data[4 * pixel + 3] = 255;
    }
    canvas.current?.getContext('2d')?.putImageData(data, 0, 0);
  }, [pixels, width, height]);
  const attributes = { ref: canvas, class: 'bytes', width, height };
  if (label === undefined) return <canvas {...attributes} />;
  return <canvas {...attributes} role="img" aria-label={label} />;
}
