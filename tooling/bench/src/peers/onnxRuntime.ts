/** onnxruntime-web on an ONNX file of our network: its one argument is JSON, `{ task }`. */
import '@tensorflow/tfjs-backend-cpu';
import { init, parameters, predict } from '@residual/blocks';
import { models } from '@residual/models';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import * as ort from 'onnxruntime-web';
import { encodeOnnx } from '../onnx/encode.ts';
import { traceOnnx } from '../onnx/trace.ts';
import type { Task } from '../protocol.ts';
import { answer, runHere } from './answer.ts';

/** Of the largest logit: float32 sums in another order. More is another network. */
const TOLERANCE = 1e-4;

const { task } = JSON.parse(process.argv[2]!) as { task: Task };

await answer(async () => {
  const [batch, height, width, channels] = task.inputShape;
  await tf.setBackend('cpu');
  const size = height * width * channels;
  const pictures = uniforms({ seed: 0, purpose: 'pictures' }, batch * size); // [B, C, H, W] here
  const model = init(models[task.model].create({ numClasses: task.numClasses }), task.inputShape, {
    seed: 0,
  });

  // One picture tells the graph; the session gets the batch.
  const first = tf.tidy(() =>
    tf.transpose(tf.tensor4d(pictures.slice(0, size), [1, channels, height, width]), [0, 2, 3, 1]),
  ); // [1, H, W, C]
  const logits = predict(model, first).dataSync();
  const graph = traceOnnx(model, first);
  graph.input.shape[0] = batch;
  graph.output.shape[0] = batch;

  ort.env.wasm.numThreads = task.threads;
  const session = await ort.InferenceSession.create(encodeOnnx(graph), { executionProviders: ['wasm'] });
  const feeds = { [graph.input.name]: new ort.Tensor('float32', pictures, graph.input.shape) };
  const run = async () => (await session.run(feeds))[graph.output.name]!;
  assertClose((await run()).data as Float32Array, logits);

  const version = ort.env.versions.web ?? 'unknown';
  const threads = ort.env.wasm.numThreads ?? 1;
  return {
    ready: {
      description: `onnxruntime-web ${version}, its default build: fixed-width WebAssembly SIMD, ${threads} threads`,
      versions: { 'onnxruntime-web': version, node: process.versions.node },
      threads,
      parameters: parameters(model).reduce((sum, weight) => sum + weight.size, 0),
    },
    run: (steps) =>
      runHere(async () => {
        for (let i = 0; i < steps; i++) await run();
      }),
  };
});

/** Throws unless the first picture's logits are the same. */
function assertClose(received: Float32Array, expected: ArrayLike<number>): void {
  const values = Array.from(expected);
  const largest = Math.max(...values.map(Math.abs));
  const error = Math.max(...values.map((value, i) => Math.abs(value - received[i]!)));
  if (error <= TOLERANCE * largest) return;
  throw new Error(
    `its logits differ by ${error} from ours, whose largest is ${largest}: not the same network`,
  );
}
