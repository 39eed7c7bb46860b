export { classNames, fashionMnist } from './dataset.js';
export type { FashionMnistSource, FileName } from './source.js';
