import { describe, expect, it } from 'vitest';
import { decodeSafetensors, WeightsError } from '../src/index.js';
import { entry, file, header, secondsSince } from './files.js';

// The numbers are those of the project's list of bad inputs.
const a = entry('"a"', '[1]', '[0,1]');
const two = (first: string, second: string) =>
  `{${entry('"a"', '[2]', first)},${entry('"b"', '[2]', second)}}`;
const deep = '{"a":'.repeat(100_000);

const refused: [string, Uint8Array, RegExp, code?: string][] = [
  ['1 an empty file', new Uint8Array(0), /at least 8 bytes, received 0/],
  ['2 seven bytes', new Uint8Array(7), /at least 8 bytes, received 7/],
  ['3 a length of 2^64 - 1', file('{}', 0, 2n ** 64n - 1n), /header length: expected at most the 2 bytes/],
  ['4 a length above the limit', file('{}', 0, 100_000_001n), /header length.*100000000.*100000001/, 'LIMIT'],
  ['5 a length above the file', file('{}', 0, 3n), /at most the 2 bytes that follow, received 3/],
  ['6 a length of 0', file(''), /begins with \{, received an empty one/],
  ['7 a header that begins with a space', file(' {}'), /begins with \{, received the byte 0x20/],
  ['8 a byte order mark', file('\uFEFF{}'), /received the byte 0xef/],
  ['9 invalid UTF-8', file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d)), /header: expected UTF-8/],
  ['9 a surrogate half as UTF-8', file(Uint8Array.of(0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22)), /expected UTF-8/],
  ['10 bad JSON: no value', file('{"a"}', 0), /":\\"|":"/],
  ['10 bad JSON: a trailing comma', file(`{${a},}`, 1), /header.*received "\}"/],
  ['10 bad JSON: no end', file(`{${a}`, 1), /received the end of the header/],
  ['10 bad JSON: no closing quote', file('{"a'), /closing quotation mark/],
  ['10 bad JSON: a bad escape', file('{"\\x":1}'), /valid JSON string/],
  ['10 bad JSON: a control character', file('{"a\tb":1}'), /valid JSON string/],
  ['10 bad JSON: half a surrogate pair', file('{"\\ud800":1}'), /valid JSON string/],
  ['10 text after the header', file(`{${a}} x`, 1), /nothing but spaces after the last \}, received "x"/],
  ['11 an array', file('[]'), /received the byte 0x5b/],
  ['11 an array as a tensor', file('{"a":["U8",[1],[0,1]]}', 1), /tensor "a"/],
  ['12 nesting 100,000 deep', file(deep), /tensor "a".*received the field "a"/],
  ['12 lists 100,000 deep', file(header('['.repeat(100_000), '[0,1]'), 1), /tensor "a", shape/],
  ['13 a tensor twice', file(`{${a},${a}}`, 1), /tensor "a".*each name once/],
  [
    '13 a tensor twice, once escaped',
    file(`{${a},${entry('"\\u0061"', '[0]', '[0,0]')}}`, 1),
    /each name once/,
  ],
  ['13 metadata twice', file('{"__metadata__":{},"__metadata__":{}}'), /__metadata__.*each name once/],
  ['13 a metadata key twice', file('{"__metadata__":{"k":"1","k":"2"}}'), /key "k".*each key once/],
  ['14 dtype twice', file(`{${a.replace('"dtype":"U8",', '$&$&')}}`, 1), /"a", dtype.*expected it once/],
  ['14 shape twice', file(`{${a.replace('"shape":[1],', '$&$&')}}`, 1), /"a", shape.*expected it once/],
  ['14 offsets twice', file(`{${a.replace('}', ',"data_offsets":[0,1]}')}}`, 1), /offsets.*expected it once/],
  ['15 __proto__ twice', file('{"__metadata__":{"__proto__":"1","__proto__":"2"}}'), /each key once/],
  ['16 a number as metadata', file('{"__metadata__":{"step":1}}'), /__metadata__, key "step"/],
  ['16 an object as metadata', file('{"__metadata__":{"k":{"l":"m"}}}'), /__metadata__, key "k"/],
  ['16 metadata that are null', file('{"__metadata__":null}'), /__metadata__.*received "null/],
  ['17 an unknown dtype', file(header('[1]', '[0,1]', '"F33"'), 1), /"a", dtype.*received "F33"/],
  ['17 a dtype of Object.prototype', file(header('[1]', '[0,1]', '"constructor"'), 1), /"constructor"/],
  ['17 a dtype that is no string', file(header('[1]', '[0,1]', '7'), 1), /"a", dtype/],
  ['18 no shape', file('{"a":{"dtype":"U8","data_offsets":[0,1]}}', 1), /"a", shape.*received none/],
  ['18 no dtype', file('{"a":{"shape":[1],"data_offsets":[0,1]}}', 1), /"a", dtype.*received none/],
  ['18 no offsets', file('{"a":{"dtype":"U8","shape":[1]}}', 1), /"a", data_offsets.*received none/],
  ['18 an unknown field', file(`{${a.replace('{', '{"x":1,')}}`, 1), /"a".*received the field "x"/],
  ['19 a negative size', file(header('[-1]', '[0,1]'), 1), /shape.*whole number.*received "-1/],
  ['19 two negative sizes', file(header('[-1,-1]', '[0,1]'), 1), /shape.*whole number/],
  ['20 a fractional size', file(header('[1.5]', '[0,1]'), 1), /shape.*whole number.*received "1.5/],
  ['20 a size of 1.0', file(header('[1.0]', '[0,1]'), 1), /whole number/],
  ['20 a size of 1e400', file(header('[1e400]', '[0,1]'), 1), /whole number/],
  ['20 a size of 01', file(header('[01]', '[0,1]'), 1), /whole number/],
  ['20 a size of -0', file(header('[-0]', '[0,0]'), 0), /whole number/],
  ['20 a size that is no number', file(header('["1"]', '[0,1]'), 1), /whole number/],
  ['21 a size of 2^53', file(header('[9007199254740992,0]', '[0,0]')), /0 to 2\^53 - 1/],
  ['21 an offset of 100 digits', file(header('[1]', `[0,1${'0'.repeat(100)}]`), 1), /0 to 2\^53 - 1/],
  ['22 a product above 2^64', file(header('[4294967296,4294967296]', '[0,0]')), /"a", shape.*countable/],
  ['22 a product above it, then a zero', file(header('[4294967296,4294967296,0]', '[0,0]')), /countable/],
  ['22 a product times the bytes', file(header('[4503599627370496]', '[0,0]', '"F64"')), /countable/],
  ['23 an end before the begin', file(header('[1]', '[1,0]'), 1), /begin <= end, received \[1, 0\]/],
  ['23 three offsets', file(header('[1]', '[0,1,1]'), 1), /received \[0, 1, 1\]/],
  ['24 overlapping tensors', file(two('[0,2]', '[1,3]'), 3), /"b".*begin at 2, received 1, bytes of another/],
  ['24 two tensors on the same bytes', file(two('[0,2]', '[0,2]'), 2), /begin at 2, received 0/],
  ['25 a hole', file(two('[0,2]', '[3,5]'), 5), /"b".*begin at 2, received 3, a hole/],
  ['25 a hole at the start', file(header('[1]', '[1,2]'), 2), /begin at 0, received 1, a hole/],
  [
    '26 an end after that of the file',
    file(header('[2]', '[0,2]'), 1),
    /within the 1 bytes of data, received 2/,
  ],
  ['27 trailing bytes', file(header('[1]', '[0,1]'), 2), /data: expected 1 bytes.*received 2/],
  ['27 a file without tensors, then bytes', file('{}', 9), /data: expected 0 bytes.*received 9/],
  [
    '28 more bytes than the shape',
    file(header('[3]', '[0,4]'), 4),
    /3 bytes for U8 of shape \[3\], received 4/,
  ],
  ['28 fewer bytes than the dtype', file(header('[2]', '[0,2]', '"F32"'), 2), /8 bytes for F32.*received 2/],
  ['28 a scalar without bytes', file(header('[]', '[0,0]')), /1 bytes for U8 of shape \[\], received 0/],
  ['28 half a byte', file(header('[1]', '[0,1]', '"F4"'), 1), /whole bytes, received F4 of shape \[1\]/],
];

describe('decodeSafetensors', () => {
  it.each(refused)('%s is refused', (_, bytes, message, code = 'FORMAT') => {
    const run = () => decodeSafetensors(bytes, 'model.safetensors');
    expect(run).toThrow(message);
    expect(run).toThrow(WeightsError);
    expect(run).toThrow(expect.objectContaining({ code }));
    expect(run).toThrow(/^model\.safetensors: [^\n]{1,400}\.$/);
  });

  it('15 a tensor and a metadata key named __proto__ are like any other', () => {
    const text = `{"__metadata__":{"__proto__":"m"},${entry('"__proto__"', '[1]', '[0,1]')}}`;
    const { tensors, metadata } = decodeSafetensors(file(text, 1));
    expect([...tensors.keys()]).toEqual(['__proto__']);
    expect(Object.entries(metadata)).toEqual([['__proto__', 'm']]);
    expect(Object.prototype).not.toHaveProperty('dtype');
  });

  it('29 unaligned data are read through a copy, aligned ones in place', () => {
    const padding = ' '.repeat((8 - (header('[2]', '[0,8]', '"F32"').length % 8)) % 8);
    const text = header('[2]', '[0,8]', '"F32"') + padding;
    const values = Float32Array.of(1.5, -2);
    const aligned = file(text, new Uint8Array(values.buffer));
    const unaligned = file(`${text} `, new Uint8Array(values.buffer));
    const inPool = Buffer.from(new Uint8Array(aligned.length + 1).buffer, 1);
    inPool.set(aligned);
    for (const bytes of [aligned, unaligned, inPool]) {
      expect(decodeSafetensors(bytes).tensors.get('a')).toEqual({ dtype: 'F32', shape: [2], data: values });
    }
    expect(decodeSafetensors(aligned).tensors.get('a')?.data.buffer).toBe(aligned.buffer);
    expect(decodeSafetensors(inPool).tensors.get('a')?.data.buffer.byteLength).toBe(8);
  });

  it('30 tensors without elements, and scalars', () => {
    const empty = entry('"empty"', '[3,0,9007199254740991]', '[0,0]', '"F64"');
    const scalar = entry('"scalar"', '[]', '[0,4]', '"I32"');
    const { tensors } = decodeSafetensors(file(`{${scalar},${empty}}`, Uint8Array.of(1, 1, 0, 0)));
    expect(tensors.get('empty')).toMatchObject({
      shape: [3, 0, 9007199254740991],
      data: new Float64Array(0),
    });
    expect(tensors.get('scalar')).toEqual({ dtype: 'I32', shape: [], data: Int32Array.of(257) });
  });

  it('31 NaN and infinity pass', () => {
    const values = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY);
    const { tensors } = decodeSafetensors(
      file(header('[2]', '[0,8]', '"F32"'), new Uint8Array(values.buffer)),
    );
    expect(tensors.get('a')?.data).toEqual(values);
  });

  it('32 a million tensors are refused in bounded time', () => {
    const million = Array.from({ length: 1_000_000 }, (_, i) => entry(`"${i}"`, '[0]', '[0,0]'));
    const bytes = file(`{${million.join()}}`);
    const start = process.cpuUsage();
    expect(() => decodeSafetensors(bytes)).toThrow(
      expect.objectContaining({ code: 'LIMIT', message: expect.stringContaining('at most 100000 tensors') }),
    );
    expect(secondsSince(start)).toBeLessThan(15);
  });

  it('100 bytes that claim ten gigabytes are refused without needing them', () => {
    const bytes = file(header('[10000000000]', '[0,10000000000]'), 19);
    expect(bytes).toHaveLength(100);
    const before = process.memoryUsage().rss;
    expect(() => decodeSafetensors(bytes)).toThrow(
      /an end within the 19 bytes of data, received 10000000000/,
    );
    expect(process.memoryUsage().rss - before).toBeLessThan(10_000_000);
  });

  it('a header of 20 MB takes bounded time, whatever it consists of', () => {
    // The bound is loose; reading in quadratic time would take hours.
    const size = 20_000_000;
    for (const [filling, outcome] of [
      [`{${' '.repeat(size)}}`, undefined],
      [`{"${'a'.repeat(size)}":1}`, /tensor "a{60}\.\.\."/],
      [`{"${'\\"'.repeat(size / 2)}`, /closing quotation mark/],
      [header(`[${'1,'.repeat(size / 2)}1]`, '[0,2]'), /shape.*at most 64 numbers/],
      [header('9'.repeat(size), '[0,1]'), /"\["/],
    ] as const) {
      const start = process.cpuUsage();
      if (outcome) expect(() => decodeSafetensors(file(filling))).toThrow(outcome);
      else expect(decodeSafetensors(file(filling)).tensors.size).toBe(0);
      expect(secondsSince(start)).toBeLessThan(15);
    }
  });

  it('spaces are allowed between all tokens and after the header', () => {
    const spaced = `{ "a" :\t{"dtype" : "U8" , "shape"\n: [ 1 ,\r1 ] , "data_offsets":[ 0 , 1 ] } }   \n`;
    expect(decodeSafetensors(file(spaced, 1)).tensors.get('a')?.shape).toEqual([1, 1]);
  });
});
