import { useLayoutEffect, useRef } from 'preact/hooks';
import { rgbaOf } from './rgba.js';
import './pixels.css';

export interface ByteCanvasProps {
  /** width * height * C bytes, row by row: C is 1, grey, or 3: red, green and blue. */
  pixels: Uint8Array;
  width: number;
  height: number;
  /** How opaque each pixel is. Default: all are. */
  alpha?: Uint8Array;
  /** What it shows, for those who don't see it. Without one it says nothing the text beside it doesn't say. */
  label?: string;
}

/** Bytes, each pixel a crisp square, as large as its style makes it. */
export function ByteCanvas({ pixels, width, height, alpha, label }: ByteCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const data = new ImageData(rgbaOf(pixels, width * height, alpha), width, height);
    canvas.current?.getContext('2d')?.putImageData(data, 0, 0);
  }, [pixels, width, height, alpha]);
  const attributes = { ref: canvas, class: 'bytes', width, height };
  if (label === undefined) return <canvas {...attributes} />;
  return <canvas {...attributes} role="img" aria-label={label} />;
}
