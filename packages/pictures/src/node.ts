export { type DecodeOptions, decodePicture } from './decode.js';
export { csvSource } from './sources/csv.js';
export { folderSource } from './sources/folder.js';
export { sourceOf } from './sources/sourceOf.js';
export { zipSource } from './sources/zip.js';
