/** The reference implementation's limit. */
export const MAX_HEADER_BYTES = 100_000_000;
/** ResNet-152 has 932 tensors and the largest language models some ten thousand. */
export const MAX_TENSORS = 100_000;
/** As many dimensions as NumPy and PyTorch can have. */
export const MAX_RANK = 64;
/** The header's length, an unsigned 64-bit integer. */
export const LENGTH_BYTES = 8;
