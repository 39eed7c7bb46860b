import { useLayoutEffect, useRef } from 'preact/hooks';
import './pixels.css';

export interface ByteCanvasProps {
  /** width * height bytes, row by row; 0 is black. */
  pixels: Uint8Array;
  width: number;
  height: number;
  /** How opaque each pixel is. Default: all are. */
  alpha?: Uint8Array;
  /** What it shows, for those who don't see it. Without one it says nothing the text beside it doesn't say. */
  label?: string;
}

/** Grey bytes, each a crisp square, as large as its style makes it. */
export function ByteCanvas({ pixels, width, height, alpha, label }: ByteCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const data = new ImageData(width, height);
    const words = new DataView(data.data.buffer);
    for (let pixel = 0; pixel < width * height; pixel++)
      words.setUint32(4 * pixel, 0x1010100 * pixels[pixel]! + (alpha?.[pixel] ?? 255));
    canvas.current?.getContext('2d')?.putImageData(data, 0, 0);
  }, [pixels, width, height, alpha]);
  const attributes = { ref: canvas, class: 'bytes', width, height };
  if (label === undefined) return <canvas {...attributes} />;
  return <canvas {...attributes} role="img" aria-label={label} />;
}
