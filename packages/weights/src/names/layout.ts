/** PyTorch's layouts: filters [out, in, H, W] or [out, in, W], linear weights [out, in]. Ours: [H, W, in, out], [W, in, out], [in, out]. */

/** The shape in our layout of a tensor in PyTorch's. */
export function shapeToOurs(shape: readonly number[]): readonly number[] {
  const [out, within, ...window] = shape; // [out, in, H, W] or [out, in]
  return isMoved(shape) ? [...window, within!, out!] : shape;
}

/** The shape in PyTorch's layout of a tensor in ours. */
export function shapeToTheirs(shape: readonly number[]): readonly number[] {
  return isMoved(shape) ? [shape.at(-1)!, shape.at(-2)!, ...shape.slice(0, -2)] : shape;
}

/** Whether the layouts differ for tensors of this shape. */
export function isMoved({ length }: readonly number[]): boolean {
  return length >= 2;
}

/** Values from PyTorch's layout to ours. `shape` is PyTorch's. */
export function valuesToOurs(data: Float32Array, shape: readonly number[]): Float32Array {
  if (!isMoved(shape)) return data;
  const [out, within, height = 1, width = 1] = shape as [number, number, number?, number?];
  const window = height * width;
  const moved = new Float32Array(data.length); // [window, in, out]
  let at = 0;
  for (let o = 0; o < out; o++)
    for (let i = 0; i < within; i++)
      for (let place = 0; place < window; place++) moved[(place * within + i) * out + o] = data[at++]!;
  return moved;
}

/** Values from our layout to PyTorch's. `shape` is ours. */
export function valuesToTheirs(data: Float32Array, shape: readonly number[]): Float32Array {
  if (!isMoved(shape)) return data;
  const [within, out] = shape.slice(-2) as [number, number];
  const window = data.length / (within * out);
  const moved = new Float32Array(data.length); // [out, in, window]
  let at = 0;
  for (let place = 0; place < window; place++)
    for (let i = 0; i < within; i++)
      for (let o = 0; o < out; o++) moved[(o * within + i) * window + place] = data[at++]!;
  return moved;
}
