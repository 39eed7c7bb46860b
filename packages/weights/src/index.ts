export { decodeSafetensors, type Safetensors } from './decode.js';
export type { Dtype, DtypeArrays, TensorData } from './dtypes.js';
export { encodeSafetensors, streamSafetensors } from './encode.js';
export { WeightsError, type WeightsErrorCode, type WeightsProblem } from './error.js';
export { openWeights } from './open.js';
export { type ByteSource, type StoredTensor, sourceOfBytes, type WeightsFile } from './stored.js';
