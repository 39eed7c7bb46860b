export {
  COEFFICIENT_BITS,
  type Interpolation,
  type ResizeCoefficients,
  resizeCoefficients,
} from './coefficients.js';
export { ResampleError, type ResampleErrorCode, type ResampleProblem } from './error.js';
export { type BytePicture, isVerticalFirst, type ResizePictureOptions, resizePicture } from './picture.js';
