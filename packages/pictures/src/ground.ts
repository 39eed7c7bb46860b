import type { GreyPicture } from './grey.js';

/** How much of the smaller side a corner takes: one pixel of 28. */
const CORNER = 1 / 28;
const HALF = 127.5;

/**
 * The grey level of the ground: the median of the four corners. In all 70,000 pictures of Fashion-MNIST the
 * ground found is dark; the whole border would not do, since clothes reach it.
 */
export function groundLevel({ data, width, height }: GreyPicture): number {
  const corner = Math.ceil(Math.min(width, height) * CORNER);
  const levels: number[] = [];
  for (let y = 0; y < corner; y++) {
    for (let x = 0; x < corner; x++) {
      for (const row of [y, height - 1 - y]) {
        levels.push(data[row * width + x]!, data[row * width + (width - 1 - x)]!);
      }
    }
  }
  levels.sort((a, b) => a - b);
  return (levels[levels.length / 2 - 1]! + levels[levels.length / 2]!) / 2; // the number of levels is even
}

/** A picture with a light ground becomes its negative; one with a dark ground is returned as it is. */
export function lighten(picture: GreyPicture): GreyPicture {
  if (groundLevel(picture) < HALF) return picture;
  return { ...picture, data: picture.data.map((level) => 255 - level) };
}

/** Stretches the levels so that the ground becomes black and white stays white: paper is seldom quite white. */
export function blackenGround(picture: GreyPicture): GreyPicture {
  const ground = groundLevel(picture);
  const scale = 255 / (255 - ground);
  return { ...picture, data: picture.data.map((level) => Math.max(0, Math.round((level - ground) * scale))) };
}
