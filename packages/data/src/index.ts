export { type Bytes, type Integers, type Labels, newLabels } from './arrays.js';
export type { Augmentation, AugmentationContext } from './augmentation.js';
export type { PictureBatch, PictureLoaderOptions } from './batches.js';
export { type CifarRelease, cifarPictures, cifarReleases } from './cifar.js';
export {
  type DataSplit,
  type PictureDataset,
  type PictureParts,
  type PictureShape,
  pictureDataset,
} from './dataset.js';
export { DataError, type DataErrorCode, type DataProblem } from './error.js';
export { type GunzipOptions, gunzip } from './gunzip.js';
export { type IdxArray, type IdxPictures, readIdx, readIdxLabels, readIdxPictures } from './idx.js';
export { type IdxSplitOptions, idxSplit, isIdxFileName, type NamedFile } from './idxSplit.js';
export type { Json } from './json.js';
export { PictureLoader } from './loader.js';
export { type MatchedPictures, matchClasses } from './matchClasses.js';
export { compareNaturally } from './naturalOrder.js';
export { normalizationOf, normalizationOfMoments } from './normalization.js';
export { NPY_START_BYTES, type NpyArray, npyPictures, npyStart, readNpy } from './npz.js';
export { type Fingerprint, type Part, SHARES, type Shares, type SplitPicture } from './part.js';
export { joined, limit, split } from './parts.js';
export type { RawPicture } from './picture.js';
export { type Piece, type PieceDefinition, Pieces, pieceSchema, type RowMaker } from './piece.js';
export {
  type DataParts,
  definedSources,
  defineSource,
  findSource,
  isSource,
  type LoadedData,
  type LoadOptions,
  type LoadProgress,
  loadSource,
  type Noted,
  type PassedOver,
  type PictureOrigin,
  type PictureSource,
  type Pictures,
  type SourceDefinition,
  type SourceReport,
  type StoredPicture,
  type Survey,
} from './source.js';
export {
  datasetSource,
  type Preparation,
  readSource,
  SourceLoader,
  type SourceLoaderOptions,
} from './sourceLoader.js';
export { parseSplit, type Split, seedSchema, sharesSchema } from './split.js';
export { similarityClusters } from './splitClusters.js';
export { groupsBy } from './splitGroups.js';
export { type SplitOptions, type SplitResult, splitPictures } from './splitPictures.js';
export { type Normalize, parseTask, type Step, type Task, taskSchema } from './task.js';
export { taskOf } from './taskOf.js';
export { type ValidateOptions, validate } from './validate.js';
