export { LogsError, type LogsErrorCode } from './error.js';
export { historyCsv } from './historyCsv.js';
export { type EpochFigures, epochPoint, type LogEvent, type LogPoint, LogPoints } from './points.js';
export {
  type Delivered,
  Delivery,
  type DeliveryOptions,
  type LogServer,
  type RunEnd,
} from './servers/delivery.js';
export { type MlflowOptions, MlflowServer } from './servers/mlflow.js';
export type { Parameter, ServerOptions } from './servers/request.js';
export { type TrackioOptions, TrackioServer } from './servers/trackio.js';
export {
  encodeEventFile,
  encodePicture,
  encodePoint,
  encodeStart,
  eventFileName,
  readEventFile,
} from './tensorBoard/eventFile.js';
