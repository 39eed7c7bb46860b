import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type TensorData, WeightsError } from '../src/index.js';

const f32 = (...values: number[]): TensorData => ({
  dtype: 'F32',
  shape: [values.length],
  data: Float32Array.from(values),
});
const bytes = (...values: number[]): TensorData => ({
  dtype: 'U8',
  shape: [values.length],
  data: Uint8Array.from(values),
});

/** The header's text, and where the data begin. */
function headerOf(file: Uint8Array): { text: string; dataStart: number } {
  const length = Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  return { text: new TextDecoder().decode(file.subarray(8, 8 + length)), dataStart: 8 + length };
}

describe('encodeSafetensors', () => {
  it('writes the bytes that the format prescribes', () => {
    const file = encodeSafetensors(new Map([['w', f32(1, -2)]]), { epoch: '3' });
    const { text, dataStart } = headerOf(file);
    const json = '{"__metadata__":{"epoch":"3"},"w":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}';
    expect(text).toBe(json.padEnd(Math.ceil(json.length / 8) * 8, ' '));
    expect([...file.subarray(dataStart)]).toEqual([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]);
  });

  it('writes a file without tensors', () => {
    expect(headerOf(encodeSafetensors(new Map())).text).toBe('{}      ');
    expect(decodeSafetensors(encodeSafetensors(new Map())).tensors.size).toBe(0);
  });

  it.each(Array.from({ length: 9 }, (_, i) => 'n'.repeat(i)))(
    'aligns the data whatever the name (%j)',
    (name) => {
      const file = encodeSafetensors(new Map([[name, f32(1)]]));
      expect(headerOf(file).dataStart % 8).toBe(0);
      expect(decodeSafetensors(file).tensors.get(name)).toEqual(f32(1));
    },
  );

  it('keeps the order of names, and puts large elements first so that all are aligned', () => {
    const tensors = new Map<string, TensorData>([
      ['10', bytes(1, 2, 3)],
      ['__proto__', f32(4)],
      ['2', { dtype: 'I64', shape: [], data: BigInt64Array.of(5n) }],
      ['é 名 "\\\n', bytes(6)],
      ['', f32(7, 8)],
    ]);
    const file = encodeSafetensors(tensors, { b: '1', a: '2' });
    const { text } = headerOf(file);
    expect([...text.matchAll(/\[(\d+),\d+\]}/g)].map((match) => Number(match[1]))).toEqual([
      20, 8, 0, 23, 12,
    ]);
    const decoded = decodeSafetensors(file);
    expect([...decoded.tensors]).toEqual([...tensors]);
    expect(Object.entries(decoded.metadata)).toEqual([
      ['b', '1'],
      ['a', '2'],
    ]);
    for (const { data } of decoded.tensors.values()) expect(data.buffer).toBe(file.buffer);
  });

  it('gives the same bytes each time, also from views into larger buffers', () => {
    const large = Float32Array.of(9, 1, 2, 9);
    const view: TensorData = { dtype: 'F32', shape: [2, 1], data: large.subarray(1, 3) };
    const copy: TensorData = { dtype: 'F32', shape: [2, 1], data: Float32Array.of(1, 2) };
    const encode = (tensor: TensorData) => encodeSafetensors(new Map([['w', tensor]]), { k: 'v' });
    expect(encode(view)).toEqual(encode(copy));
    const buffer: TensorData = { dtype: 'U8', shape: [3], data: Buffer.from([1, 2, 3]) };
    expect(encode(buffer)).toEqual(encode(bytes(1, 2, 3)));
  });

  it('keeps NaN payloads and negative zero', () => {
    const bits = Uint32Array.of(0x7fc00001, 0x80000000, 0xff800000);
    const tensor: TensorData = { dtype: 'F32', shape: [3], data: new Float32Array(bits.buffer) };
    const { data } = decodeSafetensors(encodeSafetensors(new Map([['w', tensor]]))).tensors.get('w')!;
    expect(new Uint32Array(data.buffer, data.byteOffset, 3)).toEqual(bits);
  });

  it.each<[string, string, TensorData, Record<string, string>, RegExp, string?]>([
    ['the reserved name', '__metadata__', f32(1), {}, /tensor "__metadata__".*reserves/],
    ['half a surrogate pair', '\ud800', f32(1), {}, /half of a surrogate pair/],
    ['a shape that does not fit', 'w', { ...f32(1, 2), shape: [3] }, {}, /"w", shape.*8 bytes.*F32 of \[3\]/],
    ['a fractional shape', 'w', { ...f32(1), shape: [0.5, 2] }, {}, /"w", shape.*\[0.5, 2\]/],
    ['a negative shape', 'w', { ...f32(1), shape: [-1, -1] }, {}, /"w", shape.*\[-1, -1\]/],
    ['half a byte', 'w', { dtype: 'F4', shape: [1], data: Uint8Array.of(1) }, {}, /"w", shape.*F4 of \[1\]/],
    ['65 dimensions', 'w', { ...f32(1), shape: new Array(65).fill(1) }, {}, /at most 64 dim/, 'LIMIT'],
    ['half a surrogate pair as metadata', 'w', f32(1), { k: '\udc00' }, /metadata "k"/],
  ])('refuses %s', (_, name, tensor, metadata, message, code = 'ARGUMENT') => {
    const run = () => encodeSafetensors(new Map([[name, tensor]]), metadata);
    expect(run).toThrow(message);
    expect(run).toThrow(WeightsError);
    expect(run).toThrow(expect.objectContaining({ code }));
  });

  it('tells what is wrong in properties, too', () => {
    const run = () => encodeSafetensors(new Map([['w', { ...f32(1, 2), shape: [3] }]]));
    expect(run).toThrow(
      expect.objectContaining({
        where: 'encodeSafetensors: tensor "w", shape',
        expected: 'one that takes the 8 bytes of its data',
        received: 'F32 of [3]',
        fix: 'Correct what is passed to encodeSafetensors.',
      }),
    );
  });

  it.each([
    ['F16', Uint16Array.of(0x3c00)],
    ['BF16', Uint16Array.of(0x3f80)],
    ['F64', Float64Array.of(1)],
    ['C64', Float32Array.of(1, 0)],
  ] as const)('keeps with each tensor that it is %s', (dtype, data) => {
    const bytes = encodeSafetensors(new Map([['w', { dtype, shape: [1], data } as TensorData]]));
    expect(decodeSafetensors(bytes).tensors.get('w')).toEqual({ dtype, shape: [1], data });
  });

  it('refuses what only the types forbid', () => {
    const wrong = (tensor: unknown, metadata: unknown = {}) =>
      encodeSafetensors(new Map([['w', tensor as TensorData]]), metadata as Record<string, string>);
    expect(() => wrong({ dtype: 'F99', shape: [0], data: new Uint8Array(0) })).toThrow(/dtype.*F99/);
    expect(() => wrong({ dtype: 'F32', shape: [1], data: Int32Array.of(1) })).toThrow(
      /a Float32Array for F32/,
    );
    expect(() => wrong({ dtype: 'F32', shape: [1], data: [1] })).toThrow(/a Float32Array for F32/);
    expect(() => wrong(f32(1), { step: 3 })).toThrow(/metadata "step": expected a string, received number/);
  });

  it('32 refuses more tensors than the decoder reads', () => {
    const many = new Map(Array.from({ length: 100_001 }, (_, i) => [String(i), bytes()]));
    expect(() => encodeSafetensors(many)).toThrow(expect.objectContaining({ code: 'LIMIT' }));
    many.delete('0');
    expect(decodeSafetensors(encodeSafetensors(many)).tensors.size).toBe(100_000);
  });
});
