import type { NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs-core';
import type { Handle } from './addon.js';
import type { Program } from './program.js';

/** A kernel of this package: a program that makes native tensors of tfjs's. */
export interface TensorflowKernel<
  Inputs extends object = NamedTensorInfoMap,
  Attributes extends object = NamedAttrMap,
> {
  kernelName: string;
  program(params: KernelParams<Inputs, Attributes>): Handle[];
}

export interface KernelParams<Inputs extends object, Attributes extends object> {
  program: Program;
  /** Native tensors under the inputs' names, borrowed. */
  inputs: HandlesOf<Inputs>;
  attrs: Attributes;
}

export type HandlesOf<Inputs extends object> = Inputs extends TensorInfo[]
  ? Handle[]
  : { [Name in keyof Inputs]: Handle };
