/** A thread that looks at plain JPEGs, and makes them to be packed: what it can't, it leaves to the thread that asked. */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import type { Step } from '@residual/data';
import '../crop.js';
import type { PictureHeader } from '../fileKinds.js';
import { storedForm } from '../pack/storedForm.js';
import '../steps.js';
import { jpegFacts } from './jpegHeader.js';
import { keptPicture } from './keptPicture.js';
import type { DecodeLimits } from './limits.js';
import { type SlotFacts, toSlot } from './packSlots.js';
import { decodePlainJpeg, plainJpegRoom } from './plainJpeg.js';
import { upright } from './upright.js';

/** What is to be made of pictures from now on; before, they are looked at. */
export interface PackWork {
  readonly steps: readonly Step[];
}
/** Pictures of which something is asked; `slots`: where in the shared memory each goes. */
export interface PackQuestion {
  readonly paths: readonly string[];
  readonly slots: readonly number[];
}

const { limits, memory } = workerData as { limits: Required<DecodeLimits>; memory: SharedArrayBuffer };

/** Bytes that are looked at: with what cameras write before the picture, most headers are shorter. */
const HEADER = 16_384;
/** No link is followed, and no pipe waited for. */
const PLAIN = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

const start = new Uint8Array(HEADER);
let job: (path: string, slot: number) => PictureHeader | SlotFacts | undefined = (path) => {
  const bytes = read(path, (size) => start.subarray(0, size));
  return bytes && jpegFacts(bytes)?.header;
};

function packer({ steps }: PackWork): typeof job {
  const form = storedForm(steps);
  /** The kernels' memory, in which pictures lie that are kept as they are, is soon used again. */
  const stored: typeof form = (picture) => {
    const kept = form(picture);
    return kept.data.buffer === picture.data.buffer ? { ...kept, data: kept.data.slice() } : kept;
  };
  return (path, slot) => {
    const file = read(path, plainJpegRoom);
    const facts = file && jpegFacts(file);
    if (facts === undefined) return undefined;
    const { header, orientation } = facts;
    if (header.hasProfile || header.width * header.height > limits.maxPixels) return undefined;
    const sha256 = createHash('sha256').update(file!).digest();
    const original = decodePlainJpeg(file!);
    if (original === undefined) return undefined;
    const made = keptPicture({ ...upright(original, orientation), notes: [] }, stored, sha256);
    return toSlot(memory, slot, made);
  };
}

/** Fills what is given for a file of so many bytes; undefined where nothing is, or the file is shorter by then. */
function read(path: string, roomFor: (size: number) => Uint8Array | undefined): Uint8Array | undefined {
  if (!lstatSync(path).isFile()) return undefined;
  const file = openSync(path, PLAIN);
  try {
    const facts = fstatSync(file);
    const bytes = facts.isFile() && facts.size <= limits.maxBytes ? roomFor(facts.size) : undefined;
    for (let at = 0; bytes !== undefined && at < bytes.length; ) {
      const count = readSync(file, bytes, at, bytes.length - at, at);
      if (count === 0) return undefined;
      at += count;
    }
    return bytes;
  } finally {
    closeSync(file);
  }
}

const port = parentPort!;
port.on('message', (message: PackWork | PackQuestion) => {
  if ('steps' in message) {
    job = packer(message);
    return;
  }
  port.postMessage(
    message.paths.map((path, i) => {
      try {
        return job(path, message.slots[i]!);
      } catch {
        return undefined; // who asked finds out why
      }
    }),
  );
});
