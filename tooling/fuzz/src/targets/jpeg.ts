import { kernels } from '../../../../packages/pictures/src/node/kernels.js';
import { decodePlainJpeg, plainJpegRoom } from '../../../../packages/pictures/src/node/plainJpeg.js';
import { joined } from '../mutate.ts';
import type { Target } from '../parser.ts';
import { fixture } from './inputs.ts';

const names = ['420', '420restarts', '422', '422restarts', '444', 'coarse', 'extreme', 'grey'];
/** Adobe's marker, of 12 bytes and a last one: how colours are stored. */
const ADOBE = Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0);
/** The memory in which it works never grows beyond that. */
const MOST_MEMORY = 128 * 2 ** 20;

export const target: Target = {
  seeds: () => {
    const files = names.map((name) => fixture(`packages/pictures/fixtures/jpegs/${name}.jpg`));
    const [whole] = files.slice(4);
    const adobe = (transform: number) =>
      joined(whole!.subarray(0, 2), ADOBE, Uint8Array.of(transform), whole!.subarray(2));
    return [...files, ...[0, 1, 2].map(adobe), ...[1, 2, 4].map((size) => enlarged(whole!, size * 16_383))];
  },
  parse: (bytes) => {
    if (plainJpegRoom(2 ** 31 - 1) !== undefined) throw new Error('room for more than there may be');
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

/** The same file, whose frame says that it is a square of so many pixels a side. */
function enlarged(file: Uint8Array, side: number): Uint8Array {
  const copy = Buffer.from(file);
  const frame = copy.indexOf(Uint8Array.of(0xff, 0xc0));
  copy.writeUInt16BE(side, frame + 5);
  copy.writeUInt16BE(side, frame + 7);
  return Uint8Array.from(copy);
}

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
