export { csvSource } from './node/csv.js';
export {
  type DecodedPicture,
  type DecodeOptions,
  decodePicture,
} from './node/decode.js';
export type { Examination, ExaminedPicture, PartCounts, Spread } from './node/examination.js';
export { type ExamineOptions, examine } from './node/examine.js';
export { type Files, folderFiles } from './node/files.js';
export { folderSource } from './node/folder.js';
export { type HeaderOptions, type PictureHeader, pictureHeader } from './node/header.js';
export type { DecodeLimits } from './node/limits.js';
export type { PictureNote } from './node/notes.js';
export { shardsSource } from './node/shards.js';
export { sourceOf } from './node/sourceOf.js';
export { type FoundCounts, type FoundPictures, UntrainableError } from './node/untrainable.js';
export { type WriteShardsOptions, type WrittenShards, writeShards } from './node/writeShards.js';
export { zipSource } from './node/zip.js';
