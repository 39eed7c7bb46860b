import type { RawPicture } from '@residual/data';

/** Of RGB. */
const CHANNELS = 3;

/**
 * A picture of three channels as its orientation says that it is seen.
 *
 * Source: CIPA DC-008 (Exif 2.32), 4.6.5, orientation.
 *
 * @param orientation 1 to 8
 * @returns the picture itself for 1
 */
export function upright(picture: RawPicture, orientation: number): RawPicture {
  if (orientation === 1) return picture;
  const { data, width, height } = picture;
  const isTurned = orientation >= 5;
  const isFromRight = [2, 3, 7, 8].includes(orientation);
  const isFromBottom = [3, 4, 6, 7].includes(orientation);
  const column = isFromRight ? -1 : 1; // what a step to the right means, in pixels
  const row = isFromBottom ? -width : width;
  const [along, down] = isTurned ? [row, column] : [column, row];
  const first = (isFromRight ? width - 1 : 0) + (isFromBottom ? width * (height - 1) : 0);
  const size = isTurned ? { width: height, height: width } : { width, height };
  const turned = new Uint8Array(data.length);
  for (let y = 0, to = 0; y < size.height; y++) {
    let from = (first + y * down) * CHANNELS;
    for (let x = 0; x < size.width; x++, from += along * CHANNELS, to += CHANNELS) {
      turned[to] = data[from]!;
      turned[to + 1] = data[from + 1]!;
      turned[to + 2] = data[from + 2]!;
    }
  }
  return { data: turned, ...size };
}
