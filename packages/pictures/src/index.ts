export { alternatingFlip, horizontalFlip, randomFlip, shiftedCrop } from './augment.js';
export { isBlank } from './blank.js';
export { colorJitter } from './colorJitter.js';
export { centerCrop, pad, resizeShortSide } from './crop.js';
export { PicturesError, type PicturesErrorCode } from './error.js';
export { type OtherKind, otherKind, type PictureKind, pictureKind, TELLING } from './fileKinds.js';
export { fingerprint } from './fingerprint.js';
export { FIVE_CROPS, fiveCrop } from './fiveCrop.js';
export { keptKey } from './pack/storedForm.js';
export { preparation, preparePicture } from './prepare.js';
export { randomErasing, randomResizedCrop } from './randomBox.js';
export {
  applySteps,
  augmentationsOf,
  definedSteps,
  defineStep,
  describeSteps,
  isCropped,
  mirrors,
  type PictureSize,
  type PictureStep,
  type StepDefinition,
  sizeAfter,
  stepsOf,
  type TrainingStep,
  trainingOf,
  uncroppedRows,
} from './step.js';
export { color, fitSubject, grey, lightOnDark, stretch } from './steps.js';
export { trivialAugmentWide } from './trivialAugmentWide.js';
