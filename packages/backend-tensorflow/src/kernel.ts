import type { KernelContract, KernelParams } from '@residual/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { Handle } from './addon.js';
import type { Program } from './program.js';

/** A kernel of `@residual/ops`: a program that makes native tensors of tfjs's. */
export interface TensorflowKernel<Name extends keyof KernelContract> {
  kernelName: Name;
  program(params: ProgramParams<Name>): Handle[];
}

export interface ProgramParams<Name extends keyof KernelContract> {
  program: Program;
  /** Native tensors under the inputs' names, borrowed. */
  inputs: HandlesOf<KernelParams<Name>['inputs']>;
  attrs: KernelParams<Name>['attrs'];
}

type HandlesOf<Inputs> = { [Name in keyof Inputs]: HandleOf<Inputs[Name]> };

/** Of the input's rank. */
type HandleOf<Info> = Info extends TensorInfo ? Handle & Pick<Info, 'shape'> : Info;
