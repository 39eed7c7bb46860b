import { type Module, predict, stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { observeKernels } from '../observeKernels.ts';
import type { OnnxGraph } from './graph.ts';
import { type GraphBuilder, operations } from './operations.ts';

/**
 * A network in eval mode as an ONNX graph: what it runs on the active backend for x, written down. It must be made of
 * the operations of @residual/ops.
 *
 * @param x [B, H, W, C]; the graph's input is [B, C, H, W], as ONNX has it
 * @throws Error for an operation that ONNX is not told how to do.
 */
export function traceOnnx(model: Module<tf.Tensor4D, tf.Tensor2D>, x: tf.Tensor4D): OnnxGraph {
  const [batch, height, width, channels] = x.shape;
  const nodes: OnnxGraph['nodes'] = [];
  const initializers: OnnxGraph['initializers'] = [];
  const weights = new Map([...stateDict(model)].map(([path, { dataId }]) => [dataId, path]));
  const names = new Map<object, string>([[x.dataId, 'pictures']]);

  const graph: GraphBuilder = {
    nameOf(tensor, permutation) {
      const known = names.get(tensor.dataId);
      if (known !== undefined) return known;
      const path = weights.get(tensor.dataId);
      if (path === undefined) throw new Error('traceOnnx: expected only operations of @residual/ops');
      const weight = tf.tidy(() => (permutation ? tf.transpose(tensor, permutation) : tf.clone(tensor)));
      initializers.push({ name: path, shape: weight.shape, values: Float32Array.from(weight.dataSync()) });
      weight.dispose();
      names.set(tensor.dataId, path);
      return path;
    },
    add(opType, inputs, attributes = {}) {
      const output = `value${nodes.length}`;
      nodes.push({ opType, inputs, output, attributes });
      return output;
    },
  };

  predict(model, x).dispose(); // registers the references, which are what is observed on a backend without kernels
  const logits = observeKernels(
    (name) => name.startsWith('residual/'),
    ({ name, inputs, attributes, outputs: [output] }) => {
      const operation = operations[name as keyof typeof operations];
      if (operation === undefined) throw new Error(`traceOnnx: ${name} is not known`);
      names.set(output!.dataId, operation(inputs as never, attributes as never, graph));
    },
    () => predict(model, x),
  );
  const { shape } = logits;
  try {
    const output = { name: graph.nameOf(logits), shape: [...shape] };
    return {
      nodes,
      initializers,
      input: { name: 'pictures', shape: [batch, channels, height, width] },
      output,
    };
  } finally {
    logits.dispose();
  }
}
