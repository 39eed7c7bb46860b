/**
 * Pictures of one size as bytes, such as a module's feature maps. Plain values, which can be posted to another thread.
 *
 * A picture's own range fills the bytes: 0 stands for its `minimum`, 255 for its `maximum`. One of a single value is 0.
 */
export interface Pictures {
  count: number;
  height: number;
  width: number;
  /** 1: grey; 3: red, green and blue. */
  channels: 1 | 3;
  /** count * height * width * channels bytes, one picture after another, row by row. */
  data: Uint8Array;
  /** [count] */
  minimum: Float32Array;
  /** [count] */
  maximum: Float32Array;
}

/** Draws `count` pictures whose values `valueAt` gives by picture, row, column and channel. */
export function drawPictures(
  { count, height, width, channels }: Pick<Pictures, 'count' | 'height' | 'width' | 'channels'>,
  valueAt: (picture: number, row: number, column: number, channel: number) => number,
): Pictures {
  const size = height * width * channels;
  const data = new Uint8Array(count * size);
  const minimum = new Float32Array(count);
  const maximum = new Float32Array(count);
  const values = new Float32Array(size);
  for (let picture = 0; picture < count; picture++) {
    let i = 0;
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++)
        for (let channel = 0; channel < channels; channel++)
          values[i++] = valueAt(picture, row, column, channel);
    const low = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
    const high = values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    minimum[picture] = low;
    maximum[picture] = high;
    const scale = high > low ? 255 / (high - low) : 0;
    data.set(
      values.map((value) => Math.round((value - low) * scale)),
      picture * size,
    );
  }
  return { count, height, width, channels, data, minimum, maximum };
}
