export { csvSource } from './node/csv.js';
export { type DecodeOptions, decodePicture } from './node/decode.js';
export type { Examination, ExaminedPicture, PartCounts, Spread } from './node/examination.js';
export { type ExamineOptions, examine } from './node/examine.js';
export { folderSource } from './node/folder.js';
export { sourceOf } from './node/sourceOf.js';
export { zipSource } from './node/zip.js';
