import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { ShaderConstants } from './shader.js';

/** What a shader's name may stand for: a tensor, a buffer, or nothing where the shader's constants say so. */
export type Bindable = TensorInfo | GPUBuffer | undefined;

export interface Dispatch<Tensor extends string, Parameter extends string> {
  tensors: Readonly<Record<Tensor, Bindable>>;
  parameters: Readonly<Record<Parameter, number>>;
  constants?: ShaderConstants;
  /** How many workgroups, in one number: the shader finds its own as x + y * (count of x), and skips what is too many. */
  workgroups: number;
  /** The parameters are others in each step (a learning rate): don't keep their buffer for the next dispatch. */
  changing?: boolean;
}

/** A run of a compiled shader on buffers, as many workgroups as the grid has places. */
export interface Command {
  name: string;
  pipeline: GPUComputePipeline;
  layout: GPUBindGroupLayout;
  buffers: readonly GPUBufferBinding[];
  /** Default: that of the buffers. */
  bindGroup?: GPUBindGroup;
  grid: [x: number, y: number, z?: number];
}
