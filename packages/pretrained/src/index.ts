export { findPretrained, type PretrainedRow, pretrainedRows } from './rows.js';
export { findShipped, type ShippedRow, shippedRows } from './shipped.js';
export {
  imageNetClassNames,
  type PretrainedTaskOptions,
  preprocessingOf,
  pretrainedTask,
  taskOfPreprocessing,
} from './task.js';
