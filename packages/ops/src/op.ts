import type * as tf from '@tensorflow/tfjs-core';

type Attribute = number | boolean | string | undefined;

/** What a kernel takes, as types. */
export interface KernelTypes {
  /** Tensors by name, or a plain list where an operation takes any number of them. Absent optional inputs are `undefined`. */
  inputs: { [name: string]: tf.Tensor | undefined } | tf.Tensor[];
  attributes: { [name: string]: Attribute | number[] | { readonly [name: string]: Attribute } };
}

export type OpShape = { shape: number[]; dtype?: tf.DataType };

export interface OpGradient<Kernel extends KernelTypes> {
  /** The tensors that the gradient needs, out of the inputs and of *all* outputs: as few as possible, they fill the memory. */
  save(inputs: Kernel['inputs'], outputs: tf.Tensor[], attributes: Kernel['attributes']): tf.Tensor[];
  /** A function for each input that has a gradient; only the needed ones are called, each once and before the next operation's. */
  backward(
    dy: tf.Tensor,
    saved: tf.Tensor[],
    attributes: Kernel['attributes'],
  ): { [name: string]: () => tf.Tensor };
}

export interface OpDefinition<Name extends string, Kernel extends KernelTypes> {
  /** The kernel's name in tfjs's registry, such as `residual/conv2d`: what a backend registers to be faster. */
  name: Name;
  /** The shape of each output. */
  outputs(inputs: Kernel['inputs'], attributes: Kernel['attributes']): OpShape[];
  /** Plain tfjs-core code that reads like the paper: runs where the active backend has no kernel of this name. */
  reference(inputs: Kernel['inputs'], attributes: Kernel['attributes']): tf.Tensor[];
  gradient?: OpGradient<Kernel>;
}

export interface Op<Kernel extends KernelTypes> {
  readonly name: string;
  /** Runs the kernel and returns all outputs. Nothing is taped. */
  run(inputs: Kernel['inputs'], attributes: Kernel['attributes']): tf.Tensor[];
  /** Runs the kernel and returns its first output, differentiable. `observe` sees all outputs, which end with the call. */
  apply(
    inputs: Kernel['inputs'],
    attributes: Kernel['attributes'],
    observe?: (outputs: tf.Tensor[]) => void,
  ): tf.Tensor;
}
