import type { Bindable } from '../dispatch.js';

/**
 * Each tensor under its name or, where the shader takes four values of it at once, under its name with a 4: the shader has both, of
 * which one is present. All sizes along the last axis must be multiples of four then.
 */
export function inFours<Name extends string>(
  areFours: boolean,
  tensors: Readonly<Record<Name, Bindable>>,
): Record<Name | `${Name}4`, Bindable> {
  const entries = Object.entries<Bindable>(tensors).flatMap(([name, tensor]): [string, Bindable][] => [
    [name, areFours ? undefined : tensor],
    [`${name}4`, areFours ? tensor : undefined],
  ]);
  return Object.fromEntries(entries) as Record<Name | `${Name}4`, Bindable>;
}
