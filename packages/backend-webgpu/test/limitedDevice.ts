// `node --import` this file: devices of Dawn's have memory for LIMITED_MEMORY bytes of buffers.
import { limitMemory } from '@residual/testing';
import { globals } from 'webgpu';

const { GPUDevice } = globals as unknown as { GPUDevice: { prototype: GPUDevice } };
limitMemory(GPUDevice.prototype, Number(process.env.LIMITED_MEMORY));
