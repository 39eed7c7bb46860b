import * as tf from '@tensorflow/tfjs-core';

type Gradients = { [name: string]: () => tf.Tensor };

/** What the operation before has finished with, once the backward pass comes to the next one. */
let finished: tf.Tensor[] = [];

/**
 * One operation's part of a backward pass, which lets go of tensors when they have been used for the last time.
 *
 * tfjs's engine would keep what was saved, and every gradient of a feature map, until the pass is over: twice the memory
 * that a training step needs. The pass goes through the tape once; it asks for all gradients of one operation before it turns to
 * the next. So when it comes to an operation, what the one before had saved, and the gradient that went into it, have
 * been read for the last time. The engine's own cleaning-up passes over tensors that have ended already. Within an
 * outer gradient, whose pass needs the tape once more, nothing ends early.
 */
export function backwardPass(dy: tf.Tensor, saved: tf.Tensor[], backward: () => Gradients): Gradients {
  tf.dispose(finished);
  const { gradientDepth, activeScope } = tf.engine().state;
  finished = gradientDepth > 0 ? [] : [...saved];
  // A dy that the pass made is the pass's own: it ends with it, and already when another gradient is added to it. One
  // that the caller gave belongs to another scope.
  if (gradientDepth === 0 && dy.scopeId === activeScope.id && !dy.kept) finished.push(dy);
  const borrowed = [dy, ...saved];
  return Object.fromEntries(
    Object.entries(backward()).map(([name, gradient]) => [
      name,
      () => {
        const dx = gradient();
        return borrowed.includes(dx) ? tf.clone(dx) : dx;
      },
    ]),
  );
}

/**
 * Frees what operations have saved for a gradient whose computation threw, such as for lack of memory: tfjs would keep
 * it for ever. Does nothing while a gradient is being computed.
 *
 * @example
 * try {
 *   optimizer.minimize(loss);
 * } catch (error) {
 *   releaseTape(); // and go on with a smaller batch
 * }
 */
export function releaseTape(): void {
  const { gradientDepth, activeTape } = tf.engine().state;
  if (gradientDepth > 0) return;
  // Null after a pass that came to its end, and before the first.
  for (const { saved } of activeTape ?? []) tf.dispose(saved ?? []);
}
