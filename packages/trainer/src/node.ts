export { type FileSystem, fileStorage } from './fileStorage.js';
