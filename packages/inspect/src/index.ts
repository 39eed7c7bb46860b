// Where to look, so that this package alone is enough.
export { type FeaturePath, featurePaths } from '@residual/blocks';
export { InspectError, type InspectErrorCode, type InspectProblem } from './error.js';
export { featureMaps } from './featureMaps.js';
export { filterPictures } from './filterPictures.js';
export { type GradCamOptions, gradCam, type HeatMap } from './gradCam.js';
export type { Pictures } from './pictures.js';
