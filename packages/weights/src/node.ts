export { makeFolder } from './node/makeFolder.js';
export { type OpenedWeights, openWeightsAt } from './node/openAt.js';
export { readAtMost } from './node/readAtMost.js';
export {
  type FileSystem,
  isRunning,
  isTemporary,
  type OpenFile,
  removeLeft,
  replaceFile,
  temporaryName,
  WholeFile,
  type WholeFileOptions,
  writeWhole,
} from './node/wholeFile.js';
