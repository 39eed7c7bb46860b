import { expect, it } from 'vitest';
import { parseGpus } from './gpus.js';

it("reads nvidia-smi's table", () => {
  expect(
    parseGpus('NVIDIA H100 80GB HBM3, 81559, 550.54.15\nNVIDIA GeForce RTX 3090, 24576, 550.54.15\n'),
  ).toEqual([
    { name: 'NVIDIA H100 80GB HBM3', memory: 81559, driver: '550.54.15' },
    { name: 'NVIDIA GeForce RTX 3090', memory: 24576, driver: '550.54.15' },
  ]);
});

it('takes what is no table for no GPU', () => {
  expect(
    parseGpus("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.\n"),
  ).toEqual([]);
  expect(parseGpus('')).toEqual([]);
});
