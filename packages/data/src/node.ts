export { ByteFile, fileError, firstBytes } from './node/byteFile.js';
export { cifar10Source, cifar100Source, cifarReleaseOf } from './node/cifar.js';
export { idxFilesIn, idxSource, readIdxFolder } from './node/idx.js';
export { npzSource } from './node/npz.js';
export { readIdxFile } from './node/readIdx.js';
export { ZipArchive, type ZipOptions } from './node/zip.js';
