/** Marks a kernel's argument that is passed as a float32 instead of an integer. */
export interface Float {
  readonly value: number;
}

export function float(value: number): Float {
  return { value };
}

export function isFloat(value: number | Float): value is Float {
  return typeof value !== 'number';
}
