import { kernels } from '../../../../packages/pictures/src/node/kernels.js';
import { decodePlainJpeg, plainJpegRoom } from '../../../../packages/pictures/src/node/plainJpeg.js';
import type { Target } from '../parser.ts';
import { fixture } from './inputs.ts';

const names = ['420', '420restarts', '422', '422restarts', '444', 'coarse', 'extreme'];
/** The memory in which it works never grows beyond that. */
const MOST_MEMORY = 128 * 2 ** 20;

export const target: Target = {
  seeds: () => names.map((name) => fixture(`packages/pictures/fixtures/jpegs/${name}.jpg`)),
  parse: (bytes) => {
    const room = plainJpegRoom(bytes.length)!;
    room.set(bytes);
    const picture = decodePlainJpeg(room);
    countAssembly();
    if (picture === undefined) return;
    if (picture.data.length !== picture.width * picture.height * 3)
      throw new Error('pixels that are no picture');
    if (picture.data.buffer.byteLength > MOST_MEMORY)
      throw new Error(`${picture.data.buffer.byteLength} bytes`);
  },
};

/** Where the compiled code counts, which is inside its memory. */
interface Counting {
  $branches: Uint32Array;
  $assembly: { first: number; count: number };
}

function countAssembly(): void {
  const { $branches, $assembly } = globalThis as unknown as Counting;
  const { memory, branchesAt } = kernels() as unknown as { memory: WebAssembly.Memory; branchesAt(): number };
  const counted = new Uint32Array(memory.buffer, branchesAt(), $assembly.count);
  $branches.set(counted, $assembly.first);
  counted.fill(0);
}
