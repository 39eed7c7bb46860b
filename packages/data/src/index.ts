export {
  type Augmentation,
  type AugmentationContext,
  alternatingFlip,
  randomFlip,
  shiftedCrop,
} from './augmentation.js';
export {
  type DataSplit,
  limit,
  type PictureDataset,
  type PictureShape,
  pictureDataset,
  split,
} from './dataset.js';
export { DataError, type DataErrorCode, type DataProblem } from './errors.js';
export { resizeArea } from './fit.js';
export { lightOnDark } from './ground.js';
export { type GunzipOptions, gunzip } from './gunzip.js';
export { type IdxArray, type IdxPictures, readIdx, readIdxLabels, readIdxPictures } from './idx.js';
export { type IdxSplitOptions, idxSplit, isIdxFileName, type NamedFile } from './idxSplit.js';
export { type PictureBatch, PictureLoader, type PictureLoaderOptions } from './loader.js';
export { type GreyPicture, type RawPicture, toGrey } from './picture.js';
export { type PreparePictureOptions, preparePicture } from './prepare.js';
