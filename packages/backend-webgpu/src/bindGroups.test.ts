import { expect, it } from 'vitest';
import { BindGroups } from './bindGroups.js';

function device() {
  const made: GPUBindGroupDescriptor[] = [];
  const createBindGroup = (descriptor: GPUBindGroupDescriptor) => ({ number: made.push(descriptor) });
  return { made, groups: new BindGroups({ createBindGroup } as unknown as GPUDevice) };
}
const buffer = () => ({}) as GPUBuffer;
const layout = () => ({}) as GPUBindGroupLayout;

it('makes a bind group once for the same layout and places, and another for each that differs', () => {
  const { made, groups } = device();
  const [a, b, first, second] = [buffer(), buffer(), layout(), layout()];
  const group = groups.get(first, [{ buffer: a }, { buffer: b, offset: 256, size: 16 }]);
  expect(groups.get(first, [{ buffer: a }, { buffer: b, offset: 256, size: 16 }])).toBe(group);
  expect(made).toHaveLength(1);
  expect(made[0]).toEqual({
    layout: first,
    entries: [
      { binding: 0, resource: { buffer: a } },
      { binding: 1, resource: { buffer: b, offset: 256, size: 16 } },
    ],
  });
  const others = [
    groups.get(second, [{ buffer: a }, { buffer: b, offset: 256, size: 16 }]),
    groups.get(first, [{ buffer: b }, { buffer: a, offset: 256, size: 16 }]),
    groups.get(first, [{ buffer: a }, { buffer: b, offset: 512, size: 16 }]),
    groups.get(first, [{ buffer: a }, { buffer: b, offset: 256, size: 32 }]),
    groups.get(first, [{ buffer: a }]),
  ];
  expect(new Set([group, ...others]).size).toBe(6);
});

it('forgets all of them before there are too many', () => {
  const { made, groups } = device();
  const [first, a] = [layout(), buffer()];
  groups.get(first, [{ buffer: a }]);
  for (let i = 0; i < 8192; i++) groups.get(first, [{ buffer: buffer() }]);
  expect(made).toHaveLength(8193);
  groups.get(first, [{ buffer: a }]);
  expect(made).toHaveLength(8194);
});
