import type { GreyPicture } from './grey.js';
import { blackenGround } from './ground.js';

/** Fashion-MNIST's makers trimmed what is within 5 % of the ground's level (arXiv:1708.07747, section 2). */
const NEARLY_BLACK = 255 * 0.05;

/** Cuts off the rows and columns at the edges that are all but black. A wholly black picture stays whole. */
export function trim(picture: GreyPicture): GreyPicture {
  const { data, width, height } = picture;
  let [top, bottom, left, right] = [height, -1, width, -1];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (data[y * width + x]! <= NEARLY_BLACK) continue;
      top = Math.min(top, y);
      bottom = y;
      left = Math.min(left, x);
      right = Math.max(right, x);
    }
  }
  if (bottom < 0) return picture;
  const trimmed = { width: right - left + 1, height: bottom - top + 1 };
  const pixels = new Uint8Array(trimmed.width * trimmed.height);
  for (let y = 0; y < trimmed.height; y++) {
    const from = (top + y) * width + left;
    pixels.set(data.subarray(from, from + trimmed.width), y * trimmed.width);
  }
  return { data: pixels, ...trimmed };
}

/**
 * Scales by area: each new pixel is the mean of the part of the old picture that it covers, so thin lines fade
 * but never vanish. Sums are exact to double precision and rounded once, at the end.
 */
export function resizeArea(
  { data, width, height }: GreyPicture,
  newHeight: number,
  newWidth: number,
): GreyPicture {
  const columns = coverage(width, newWidth);
  const rows = coverage(height, newHeight);
  const wide = new Float64Array(height * newWidth);
  for (let y = 0; y < height; y++) {
    columns.forEach(({ first, weights }, x) => {
      wide[y * newWidth + x] = weights.reduce((sum, w, i) => sum + w * data[y * width + first + i]!, 0);
    });
  }
  const resized = new Uint8Array(newHeight * newWidth);
  rows.forEach(({ first, weights }, y) => {
    for (let x = 0; x < newWidth; x++) {
      const mean = weights.reduce((sum, w, i) => sum + w * wide[(first + i) * newWidth + x]!, 0);
      resized[y * newWidth + x] = Math.round(mean);
    }
  });
  return { data: resized, width: newWidth, height: newHeight };
}

/** For each of `to` equal pieces of a line of `from` pixels: the pixels it covers, by share of the piece. */
function coverage(from: number, to: number): { first: number; weights: number[] }[] {
  return Array.from({ length: to }, (_, piece) => {
    // In units of 1/to of a pixel everything is a whole number.
    const begin = piece * from;
    const end = begin + from;
    const first = Math.floor(begin / to);
    const last = Math.ceil(end / to) - 1;
    const weights = Array.from({ length: last - first + 1 }, (_, i) => {
      const pixel = (first + i) * to;
      return (Math.min(end, pixel + to) - Math.max(begin, pixel)) / from;
    });
    return { first, weights };
  });
}

/**
 * Puts the picture in the middle of a black one that is at least as large. A margin that cannot be halved gets its
 * odd pixel at the top and on the left, as in Fashion-MNIST's pictures.
 */
export function center(
  { data, width, height }: GreyPicture,
  newHeight: number,
  newWidth: number,
): GreyPicture {
  const top = Math.ceil((newHeight - height) / 2);
  const left = Math.ceil((newWidth - width) / 2);
  const canvas = new Uint8Array(newHeight * newWidth);
  for (let y = 0; y < height; y++) {
    canvas.set(data.subarray(y * width, (y + 1) * width), (top + y) * newWidth + left);
  }
  return { data: canvas, width: newWidth, height: newHeight };
}

/**
 * Makes what a grey picture shows, light on dark, fill a black one of the size given: the ground becomes black and is
 * trimmed, the longer side scaled, the rest put in the middle. A picture of that size already comes back unchanged.
 *
 * Follows the steps by which Fashion-MNIST was made from photos on white ground (Xiao et al., arXiv:1708.07747, section
 * 2); left out is their sharpening.
 */
export function fit(picture: GreyPicture, height: number, width: number): GreyPicture {
  if (picture.height === height && picture.width === width) return picture;
  const subject = trim(blackenGround(picture));
  const scale = Math.min(height / subject.height, width / subject.width);
  const scaled = resizeArea(
    subject,
    Math.max(1, Math.round(subject.height * scale)),
    Math.max(1, Math.round(subject.width * scale)),
  );
  return center(scaled, height, width);
}
