import * as tf from '@tensorflow/tfjs-core';
import '#gradients';
import { backwardPass } from './backwardPass.js';
import { OpsError } from './error.js';
import { isEvaluatingShape } from './evalShape.js';
import { ensureKernel } from './fallbacks.js';
import type { KernelTypes, Op, OpDefinition } from './op.js';
import { isUsingReferences } from './withReferences.js';

type Save = (tensors: tf.Tensor[]) => void;

/**
 * The part of tfjs's engine that `tf.customGrad` is made of. Used directly because `customGrad` computes the
 * gradient of *every* input: a network's first convolution would compute one for its pictures.
 */
interface GradientScope {
  runKernelFunc(params: {
    inputs: KernelTypes['inputs'];
    attrs: KernelTypes['attributes'];
    forwardFunc: (backend: unknown, save: Save) => tf.Tensor;
    backwardsFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => { [name: string]: () => tf.Tensor };
  }): tf.Tensor;
}

/**
 * Defines an operation: a kernel name with a reference and, if it has one, a gradient. `Kernels` says what each kernel takes.
 *
 * A kernel may have several outputs. Only the first is the operation's value; the others (statistics, argmax) are
 * there to be saved for the gradient. They are never on the tape, where tfjs would make zeros for each of them.
 */
// @__NO_SIDE_EFFECTS__ (to bundlers: an operation that nobody calls may be left out)
export function defineOp<
  Kernels extends { [Name in keyof Kernels]: KernelTypes },
  Name extends keyof Kernels & `residual/${string}`,
>(definition: OpDefinition<Name, Kernels[Name]>): Op<Kernels[Name]> {
  type Inputs = Kernels[Name]['inputs'];
  type Attributes = Kernels[Name]['attributes'];
  const { name, gradient } = definition;

  function run(given: Inputs, attributes: Attributes): tf.Tensor[] {
    const inputs = present(given);
    assertOneCopy(name, inputs);
    if (isEvaluatingShape()) {
      return definition.outputs(inputs, attributes).map(({ shape, dtype }) => tf.zeros(shape, dtype));
    }
    if (isUsingReferences()) return tf.tidy(() => definition.reference(inputs, attributes));
    ensureKernel(definition);
    const outputs = tf.engine().runKernel(name, inputs as tf.NamedTensorMap, attributes as tf.NamedAttrMap) as
      | tf.Tensor
      | tf.Tensor[];
    return Array.isArray(outputs) ? outputs : [outputs];
  }

  function apply(
    inputs: Inputs,
    attributes: Attributes,
    observe?: (outputs: tf.Tensor[]) => void,
  ): tf.Tensor {
    if (gradient === undefined || isEvaluatingShape()) {
      const [value, ...rest] = run(inputs, attributes);
      if (!isEvaluatingShape()) observe?.([value!, ...rest]);
      tf.dispose(rest);
      return value!;
    }
    const engine = tf.engine() as unknown as GradientScope;
    // The scope's name is what tfjs's profiler shows, and under which it looks for a registered gradient.
    return tf.tidy(name, () =>
      engine.runKernelFunc({
        inputs: present(inputs),
        attrs: attributes,
        forwardFunc: (_, save) => {
          const outputs = run(inputs, attributes);
          observe?.(outputs);
          save(gradient.save(inputs, outputs, attributes));
          return outputs[0]!;
        },
        backwardsFunc: (dy, saved) => backwardPass(dy, saved, () => gradient.backward(dy, saved, attributes)),
      }),
    );
  }

  return { name, run, apply };
}

/** Without the optional inputs that are absent: tfjs's tape expects a tensor under every name. */
function present<Inputs extends KernelTypes['inputs']>(inputs: Inputs): Inputs {
  if (Array.isArray(inputs)) return inputs;
  return Object.fromEntries(Object.entries(inputs).filter(([, tensor]) => tensor !== undefined)) as Inputs;
}

/** Two copies of tfjs-core share one engine but not their classes: say so instead of failing somewhere inside. */
function assertOneCopy(name: string, inputs: KernelTypes['inputs']): void {
  for (const tensor of Object.values(inputs)) {
    if (tensor?.constructor === tf.Tensor || tensor?.constructor === tf.Variable) return;
    throw new OpsError('TWO_COPIES', {
      where: name,
      expected: `a tensor of @tensorflow/tfjs-core ${tf.version_core}`,
      received: 'one made by another copy of it',
      fix: 'Install a single version (`npm ls @tensorflow/tfjs-core` shows them; `npm dedupe` or "overrides" merges them).',
    });
  }
}
