export { findPretrained, type PretrainedRow, pretrainedRows } from './rows.js';
export {
  imageNetClassNames,
  type PretrainedTaskOptions,
  preprocessingOf,
  pretrainedTask,
  taskOfPreprocessing,
} from './task.js';
