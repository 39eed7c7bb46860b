export { decodeSafetensors, type Safetensors } from './decode.js';
export type { Dtype, DtypeArrays, TensorData } from './dtypes.js';
export { encodeSafetensors } from './encode.js';
export { WeightsError, type WeightsErrorCode, type WeightsProblem } from './error.js';
