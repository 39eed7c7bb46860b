/** Values with the shape [B,H,W,C], or that of a filter. */
export interface Values {
  shape: [number, number, number, number];
  data: Float64Array;
}

export const zeros = (shape: Values['shape']): Values => ({
  shape,
  data: new Float64Array(shape.reduce((product, length) => product * length)),
});

/** Calls `each` for every product of a 3x3 convolution with padding 1 and this stride: indices into x, filter and y. */
export function eachProduct(
  x: Values,
  filter: Values,
  y: Values,
  stride: number,
  each: (x: number, filter: number, y: number) => void,
): void {
  const [pictures, height, width, channels] = x.shape;
  const [taps, , , outputs] = filter.shape;
  const [, rows, columns] = y.shape;
  for (let b = 0; b < pictures; b++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (let i = 0; i < taps; i++)
          for (let j = 0; j < taps; j++) {
            const h = row * stride + i - 1;
            const w = column * stride + j - 1;
            if (h < 0 || h >= height || w < 0 || w >= width) continue;
            for (let c = 0; c < channels; c++)
              for (let o = 0; o < outputs; o++) {
                each(
                  ((b * height + h) * width + w) * channels + c,
                  ((i * taps + j) * channels + c) * outputs + o,
                  ((b * rows + row) * columns + column) * outputs + o,
                );
              }
          }
}

export interface Normalized {
  y: Float64Array;
  dx: Float64Array;
  dScale: Float64Array;
}

/** relu(scale * (x - mean) / deviation), and its gradients for dy. Source: arXiv 1502.03167, section 3. */
export function normalize(x: Values, scale: Float64Array, dy: Float64Array, epsilon: number): Normalized {
  const channels = x.shape[3];
  const count = x.data.length / channels;
  const result = {
    y: new Float64Array(x.data.length),
    dx: new Float64Array(x.data.length),
    dScale: new Float64Array(channels),
  };
  for (let c = 0; c < channels; c++) {
    const at = Array.from({ length: count }, (_, row) => row * channels + c);
    const mean = at.reduce((sum, i) => sum + x.data[i]!, 0) / count;
    const variance = at.reduce((sum, i) => sum + (x.data[i]! - mean) ** 2, 0) / count;
    const inverse = 1 / Math.sqrt(variance + epsilon);
    const normalized = (i: number) => (x.data[i]! - mean) * inverse;
    const through = (i: number) => (normalized(i) * scale[c]! > 0 ? dy[i]! : 0);
    const dOffset = at.reduce((sum, i) => sum + through(i), 0);
    const dScale = at.reduce((sum, i) => sum + through(i) * normalized(i), 0);
    result.dScale[c] = dScale;
    for (const i of at) {
      result.y[i] = Math.max(0, normalized(i) * scale[c]!);
      result.dx[i] = scale[c]! * inverse * (through(i) - (dOffset + normalized(i) * dScale) / count);
    }
  }
  return result;
}
