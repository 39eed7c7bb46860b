import type * as tf from '@tensorflow/tfjs-core';

/** Tensors by name, or a plain list where an operation takes any number of them. Absent optional inputs are `undefined`. */
export type OpInputs = { [name: string]: tf.Tensor | undefined } | tf.Tensor[];
export type OpAttributes = { [name: string]: number | number[] | boolean | string | undefined };
export type OpShape = { shape: number[]; dtype?: tf.DataType };

export interface OpGradient<Inputs extends OpInputs, Attributes extends OpAttributes> {
  /** The tensors that the gradient needs, out of the inputs and of *all* outputs: as few as possible, they fill the memory. */
  save(inputs: Inputs, outputs: tf.Tensor[], attributes: Attributes): tf.Tensor[];
  /** A function for each input that has a gradient; only the needed ones are called, each once and before the next operation's. */
  backward(dy: tf.Tensor, saved: tf.Tensor[], attributes: Attributes): { [name: string]: () => tf.Tensor };
}

export interface OpDefinition<Inputs extends OpInputs, Attributes extends OpAttributes> {
  /** The kernel's name in tfjs's registry, such as `residual/conv2d`: what a backend registers to be faster. */
  name: `residual/${string}`;
  /** The shape of each output. */
  outputs(inputs: Inputs, attributes: Attributes): OpShape[];
  /** Plain tfjs-core code that reads like the paper: runs where the active backend has no kernel of this name. */
  reference(inputs: Inputs, attributes: Attributes): tf.Tensor[];
  gradient?: OpGradient<Inputs, Attributes>;
}

export interface Op<Inputs extends OpInputs, Attributes extends OpAttributes> {
  readonly name: string;
  /** Runs the kernel and returns all outputs. Nothing is taped. */
  run(inputs: Inputs, attributes: Attributes): tf.Tensor[];
  /** Runs the kernel and returns its first output, differentiable. `observe` sees all outputs, which end with the call. */
  apply(inputs: Inputs, attributes: Attributes, observe?: (outputs: tf.Tensor[]) => void): tf.Tensor;
}
