import {
  getKernel,
  type KernelFunc,
  registerKernel,
  type TensorInfo,
  unregisterKernel,
} from '@tensorflow/tfjs-core';
import type { Handle, TensorflowBackend } from './addon.js';
import * as kernels from './kernels/index.js';
import { Program } from './program.js';

/** Registers this package's kernels for 'tensorflow', beside tfjs-node's. */
export function registerKernels(): void {
  for (const { kernelName, program } of Object.values(kernels)) {
    // Where an operation ran before, its reference has taken the name.
    if (getKernel(kernelName, 'tensorflow') !== undefined) unregisterKernel(kernelName, 'tensorflow');
    registerKernel({
      kernelName,
      backendName: 'tensorflow',
      kernelFunc: kernelFunc(program as Body),
    });
  }
}

type Body = (params: { program: Program; inputs: object; attrs: object }) => Handle[];

function kernelFunc(body: Body): KernelFunc {
  return ({ inputs, attrs = {}, backend }) =>
    Program.run(backend as TensorflowBackend, (program) =>
      body({ program, inputs: handlesOf(program, inputs as { [name: string]: TensorInfo }), attrs }),
    );
}

function handlesOf(program: Program, inputs: { [name: string]: TensorInfo } | TensorInfo[]): object {
  if (Array.isArray(inputs)) return inputs.map((input) => program.input(input));
  return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, program.input(input)]));
}
