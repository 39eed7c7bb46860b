import { crc32 } from 'node:zlib';
import { type StoredTensor, torchvisionTensors, type WeightsFile } from '@residual/weights';

/** `count` numbers in [-1, 1), as tooling/fixtures/torchvision_logits.py draws them: to the bit. */
export function uniform(name: string, count: number): Float64Array {
  const numbers = new Float64Array(count);
  const base = crc32(name);
  for (let i = 0; i < count; i++) {
    let x = i + base;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
    numbers[i] = 2 * (((x ^ (x >>> 16)) >>> 0) / 2 ** 32) - 1;
  }
  return numbers;
}

function value(name: string, shape: readonly number[]): Float32Array {
  const numbers = uniform(name, sizeOf(shape));
  const values = new Float32Array(numbers.length);
  const bound = Math.sqrt(6 / sizeOf(shape.slice(1)));
  for (let i = 0; i < values.length; i++) {
    const u = numbers[i]!;
    if (shape.length > 1) values[i] = u * bound;
    else if (name.endsWith('running_var')) values[i] = 1 + u / 2;
    else values[i] = name.endsWith('weight') ? (1 + u / 4) / 2 : u / 10;
  }
  return values;
}

/** A file of PyTorch, under torchvision's names and in its layout, of a network with these shapes, with values of the formula. */
export function formulaFile(shapes: ReadonlyMap<string, readonly number[]>): WeightsFile {
  const unread = ([path, shape]: [string, readonly number[]]): [string, StoredTensor] => [
    path,
    { dtype: 'F32', shape, read: () => Promise.reject(new Error('without values')) },
  ];
  const tensors = [...torchvisionTensors(new Map([...shapes].map(unread)))].map(
    ([name, { shape }]): [string, StoredTensor] => [
      name,
      { dtype: 'F32', shape, read: async () => ({ dtype: 'F32', shape, data: value(name, shape) }) },
    ],
  );
  return { name: 'formula.pth', format: 'PyTorch', metadata: {}, tensors: new Map(tensors) };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
