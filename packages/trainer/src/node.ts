export { type FileSystem, fileStorage, type OpenFile } from './storage/files.node.js';
