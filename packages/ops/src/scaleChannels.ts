import * as tf from '@tensorflow/tfjs-core';
import { type Activation, activate, activationGradient } from './activation.js';
import { assertShape } from './assertShape.js';
import { defineOp } from './defineOp.js';

type Attributes = { activation: Activation; hasAddend: boolean };

/** x, addend, y and their gradients are [B, H, W, C], the gate and its gradient [B, C]. */
export interface ScaleChannelsKernels {
  /** y. */
  'residual/scaleChannels': {
    inputs: { x: tf.Tensor4D; gate: tf.Tensor2D; addend?: tf.Tensor4D };
    attributes: Attributes;
  };
  /** dx, dGate and, where there was an addend, its gradient. y is there exactly when the activation is ReLU. */
  'residual/scaleChannelsGradient': {
    inputs: { dy: tf.Tensor4D; x: tf.Tensor4D; gate: tf.Tensor2D; y?: tf.Tensor4D };
    attributes: Attributes;
  };
}

/** Source: arXiv 1709.01507, equation 4, and the residual block of its figure 3. */
const scale = defineOp<ScaleChannelsKernels, 'residual/scaleChannels'>({
  name: 'residual/scaleChannels',
  outputs: ({ x }) => [{ shape: x.shape }],
  reference: ({ x, gate, addend }, { activation }) => {
    const scaled = tf.mul(x, everywhere(gate));
    return [activate(addend === undefined ? scaled : tf.add(scaled, addend), activation)];
  },
  gradient: {
    save: ({ x, gate }, [y], { activation }) => [x, gate, ...(activation === 'relu' ? [y!] : [])],
    backward: (dy: tf.Tensor4D, [x, gate, y], attributes) => {
      const [dx, dGate, dAddend] = gradient.run(
        { dy, x: x as tf.Tensor4D, gate: gate as tf.Tensor2D, y: y as tf.Tensor4D | undefined },
        attributes,
      );
      return { x: () => dx!, gate: () => dGate!, addend: () => dAddend! };
    },
  },
});

const gradient = defineOp<ScaleChannelsKernels, 'residual/scaleChannelsGradient'>({
  name: 'residual/scaleChannelsGradient',
  outputs: ({ x, gate }, { hasAddend }) =>
    [x, gate, ...(hasAddend ? [x] : [])].map(({ shape }) => ({ shape })),
  reference: ({ dy, x, gate, y }, { hasAddend }) => {
    const dSum = activationGradient(dy, y); // gradient of the sum before the activation
    return [
      tf.mul(dSum, everywhere(gate)),
      tf.sum(tf.mul(dSum, x), [1, 2]),
      ...(hasAddend ? [tf.clone(dSum)] : []),
    ];
  },
});

/** [B, C] -> [B, 1, 1, C] */
function everywhere(gate: tf.Tensor2D): tf.Tensor4D {
  const [batch, channels] = gate.shape;
  return tf.reshape(gate, [batch, 1, 1, channels]);
}

export interface ScaleChannelsOptions {
  /** Added before the activation: a residual block's shortcut, of x's shape. */
  addend?: tf.Tensor4D;
  /** Default `'linear'`. */
  activation?: Activation;
}

/**
 * Multiplies each channel of a picture by its gate, with a block's addition and ReLU in the same pass: the last step of
 * squeeze-and-excitation, y = activation(x * gate + addend).
 *
 * @param x [B, H, W, C]
 * @param gate [B, C], such as sigmoids
 * @returns [B, H, W, C]
 * @throws OpsError `SHAPE` when a tensor doesn't fit.
 */
export function scaleChannels(
  x: tf.Tensor4D,
  gate: tf.Tensor2D,
  { addend, activation = 'linear' }: ScaleChannelsOptions = {},
): tf.Tensor4D {
  assertShape(x, [null, null, null, null], 'scaleChannels: x', ' (batch, height, width, channels)');
  assertShape(gate, [x.shape[0], x.shape[3]], 'scaleChannels: gate', ` for x [${x.shape}]`);
  assertShape(addend, x.shape, 'scaleChannels: addend', ', that of x');
  return scale.apply({ x, gate, addend }, { activation, hasAddend: addend !== undefined }) as tf.Tensor4D;
}
