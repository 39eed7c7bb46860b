import { openWeights } from '../../../../packages/weights/src/open.js';
import { sourceOfBytes } from '../../../../packages/weights/src/stored.js';
import {
  dict,
  global,
  int,
  legacyLength,
  legacyPickles,
  pickle,
  tensor,
  text,
  torchFile,
  tuple,
} from '../../../../packages/weights/test/pickle.js';
import type { Target } from '../parser.ts';
import { fixture, repairZip, WRAPPED, wrapped } from './inputs.ts';

const folder = 'packages/weights/fixtures/';
const names = [
  ...['torch1.13-legacy', 'torch2.15-legacy', 'torch2.15-checkpoint', 'torch2.15-protocol4', 'torch2.15-zip'],
  ...[
    'torch2.15-os.refused',
    'torch2.15-os-legacy.refused',
    'torch2.15-module.refused',
    'torch2.15-sparse.refused',
  ],
  ...['torch2.15-quantized.refused', 'torch2.15-numpy.refused', 'torch2.15-expanded.refused'],
];
const values = Buffer.from(new Uint8Array(Float32Array.of(0, 1, 2, 3, 4, 5).buffer));
const two = dict(text('w'), tensor([6], [1]), text('b'), tensor([2, 2], [1, 2], { offset: 1 }));

/** Its pickles alone change, in a file with one storage of six numbers; or the whole file does. */
export const target: Target = {
  seeds: () => [
    ...names.map((name) => fixture(`${folder}${name}.pth`)),
    ...[two, dict(text('state_dict'), two), global('collections', 'OrderedDict'), tuple(int(1))].map(
      (object) => wrapped(pickle(object)),
    ),
    Uint8Array.from(Buffer.concat([legacyPickles(two, ['0']), legacyLength(6), values])),
    Uint8Array.from(torchFile(pickle(two), { records: { 'a/byteorder': Buffer.from('big') } })),
    Uint8Array.from(torchFile(pickle(two), { records: { 'a/constants.pkl': Buffer.from('.') } })),
  ],
  parse: async (bytes) => {
    const file = bytes[0] === WRAPPED ? torchFile(Buffer.from(bytes.subarray(1))) : bytes;
    for (const { read } of (await openWeights(sourceOfBytes(file, 'model.pth'))).tensors.values())
      await read();
  },
  repair: repairZip,
  words: [
    'torch._utils',
    '_rebuild_tensor_v2',
    'FloatStorage',
    'HalfStorage',
    'LongStorage',
    'cpu',
    'storage',
  ],
};
