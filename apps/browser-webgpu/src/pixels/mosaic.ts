/** Pictures of one size, one after the other, row by row. */
export interface SmallPictures {
  width: number;
  height: number;
  /** 1: grey; 3: red, green and blue. */
  channels: number;
  pixels: Uint8Array;
}

export interface Mosaic extends SmallPictures {
  /** 255 where a picture is, 0 between them. */
  alpha: Uint8Array;
}

/** Side of a picture in the mosaic, at least: the gap of one pixel then is thin beside it. */
const LEAST_SIDE = 16;

/** The first `count` pictures side by side, with gaps between them: 8 in a row, or 16 where there are more than 64. */
export function mosaic({ width, height, channels, pixels }: SmallPictures, count: number): Mosaic {
  const columns = Math.min(count, count > 64 ? 16 : 8);
  const rows = Math.ceil(count / columns);
  const scale = Math.ceil(LEAST_SIDE / Math.min(width, height));
  const [stepX, stepY] = [width * scale + 1, height * scale + 1];
  const all = { width: columns * stepX - 1, height: rows * stepY - 1 };
  const drawn = new Uint8Array(all.width * all.height * channels);
  const alpha = new Uint8Array(all.width * all.height);
  for (let picture = 0; picture < count; picture++) {
    const left = (picture % columns) * stepX;
    const top = Math.floor(picture / columns) * stepY;
    for (let y = 0; y < height * scale; y++) {
      const from = (picture * height + Math.floor(y / scale)) * width;
      const to = (top + y) * all.width + left;
      for (let x = 0; x < width * scale; x++) {
        const source = (from + Math.floor(x / scale)) * channels;
        for (let c = 0; c < channels; c++) drawn[(to + x) * channels + c] = pixels[source + c]!;
      }
      alpha.fill(255, to, to + width * scale);
    }
  }
  return { ...all, channels, pixels: drawn, alpha };
}
