let depth = 0;

/**
 * Runs `fn` with every residual operation as its reference, also where the active backend has a kernel of its own:
 * what that kernel is compared with. `referenceOps` does not list what ran here.
 *
 * A gradient is only made of references if it is computed inside `fn` as well.
 */
export function withReferences<T>(fn: () => T): T {
  depth++;
  try {
    return fn();
  } finally {
    depth--;
  }
}

/** True inside {@link withReferences}. */
export function isUsingReferences(): boolean {
  return depth > 0;
}
