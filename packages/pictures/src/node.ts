export { csvSource } from './node/csv.js';
export {
  type DecodedPicture,
  type DecodeLimits,
  type DecodeOptions,
  decodePicture,
  type PictureNote,
} from './node/decode.js';
export { folderSource } from './node/folder.js';
export { type HeaderOptions, type PictureHeader, pictureHeader } from './node/header.js';
export { sourceOf } from './node/sourceOf.js';
export { zipSource } from './node/zip.js';
