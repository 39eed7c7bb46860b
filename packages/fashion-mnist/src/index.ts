export { classNames, fashionMnist, fashionMnistSource, fashionMnistTask } from './dataset.js';
export type { FashionMnistSource, FileName } from './source.js';
