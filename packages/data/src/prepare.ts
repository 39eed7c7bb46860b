import { center, resizeArea, trim } from './fit.js';
import { blackenGround, lightOnDark } from './ground.js';
import { type RawPicture, toGrey } from './picture.js';

export interface PreparePictureOptions {
  /** Height and width of the result. Default 28x28. */
  size?: readonly [height: number, width: number];
  /** The grey level behind transparent pixels. Default 255, white. */
  background?: number;
}

/**
 * Makes any picture look like one of Fashion-MNIST: grey, light on black, filling the square, in the middle.
 *
 * Follows the steps by which the data set was made from photos on white ground (Xiao et al., "Fashion-MNIST",
 * arXiv:1708.07747, section 2): trim the ground, scale the longer side, centre, negate. Left out is their
 * sharpening. A picture that already has the right size is only made grey and, if its ground is light,
 * negated, so one from the data set comes back unchanged.
 *
 * @returns H * W bytes, row by row.
 * @throws DataError `MISMATCH` when the pixels do not fill the picture's width and height.
 *
 * @example
 * const pixels = preparePicture(context.getImageData(0, 0, width, height)); // Uint8Array of 784
 */
export function preparePicture(
  picture: RawPicture,
  { size: [height, width] = [28, 28], background = 255 }: PreparePictureOptions = {},
): Uint8Array {
  const lit = lightOnDark(toGrey(picture, background));
  if (lit.height === height && lit.width === width) return lit.data;
  const subject = trim(blackenGround(lit));
  const scale = Math.min(height / subject.height, width / subject.width);
  const scaled = resizeArea(
    subject,
    Math.max(1, Math.round(subject.height * scale)),
    Math.max(1, Math.round(subject.width * scale)),
  );
  return center(scaled, height, width).data;
}
