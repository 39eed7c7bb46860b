export { InspectError, type InspectErrorCode, type InspectProblem } from './error.js';
export { featureMaps } from './featureMaps.js';
export { type FeaturePath, featurePaths } from './featurePaths.js';
export { filterPictures } from './filterPictures.js';
export { type GradCamOptions, gradCam, type HeatMap } from './gradCam.js';
export type { Pictures } from './pictures.js';
