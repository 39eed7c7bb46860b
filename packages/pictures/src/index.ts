export { alternatingFlip, randomFlip, shiftedCrop } from './augment.js';
export { PicturesError, type PicturesErrorCode } from './error.js';
export { preparation, preparePicture } from './prepare.js';
export {
  applySteps,
  augmentationsOf,
  definedSteps,
  defineStep,
  type PictureSize,
  type PictureStep,
  type StepDefinition,
  sizeAfter,
  stepsOf,
  type TrainingStep,
} from './step.js';
export { color, fitSubject, grey, lightOnDark, stretch } from './steps.js';
