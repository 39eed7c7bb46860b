export { type FileSystem, fileStorage, type OpenFile } from './fileStorage.node.js';
