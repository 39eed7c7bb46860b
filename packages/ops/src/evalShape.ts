let depth = 0;

/**
 * Runs `fn` with every residual operation computing only the shape of its result: a tensor of zeros comes out.
 * Arguments are checked as usual; nothing is taped and no running statistic moves. Like `jax.eval_shape`.
 *
 * Plain tfjs operations inside `fn` run as usual on the zeros, so modules that use them work too.
 */
export function evalShape<T>(fn: () => T): T {
  depth++;
  try {
    return fn();
  } finally {
    depth--;
  }
}

/** True inside {@link evalShape}. */
export function isEvaluatingShape(): boolean {
  return depth > 0;
}
