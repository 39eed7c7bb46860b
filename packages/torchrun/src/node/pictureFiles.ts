import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { datasetSource, isSource, type Pictures } from '@residual/data';
import { isCropped, trainingOf } from '@residual/pictures';
import { batchesOf, type RunConfig, type RunParts, type TaskInput, taskInput } from '@residual/runs';
import { type ArrayFacts, NpyFile } from './npyFile.js';

/** How many pictures are in memory at a time. */
const AT_A_TIME = 256;

/**
 * Writes what a run trains on and validates with, as NumPy's arrays: pictures after the task's steps, before those of training,
 * which are drawn anew in each epoch. Where one of these crops, pictures to train on have sizes of their own.
 *
 * @param folder is made; undefined: nothing is written, only hashed
 * @returns what tells each file from others, by its name
 * @throws what reading the pictures throws
 */
export async function writePictures(
  { task, training }: RunConfig,
  { train, validation }: RunParts,
  folder: string | undefined,
): Promise<Record<string, ArrayFacts>> {
  if (folder !== undefined) await mkdir(folder, { recursive: true });
  const input = taskInput(task);
  const files: Record<string, ArrayFacts> = {};
  const write: Write = async (name, type, elements) => {
    const file = await NpyFile.create(folder && join(folder, name), type);
    try {
      files[name] = await file.finish(await elements(file));
    } finally {
      await file.close();
    }
  };
  if (isCropped(training.augment)) await writeUncropped(write, 'train', train, { input, training });
  else await writeFitted(write, 'train', train, input);
  if (validation !== undefined) await writeFitted(write, 'validation', validation, input);
  return files;
}

/** Writes one array. @param elements appends all of them, and gives their shape */
type Write = (name: string, type: string, elements: (file: NpyFile) => Promise<number[]>) => Promise<void>;

/** `pictures` uint8 [N, h, w, C] and `labels` int32 [N]. */
async function writeFitted(write: Write, part: string, pictures: Pictures, input: TaskInput): Promise<void> {
  const batches = batchesOf(pictures, input, { batchSize: AT_A_TIME });
  await write(`${part}-pictures.npy`, '|u1', async (file) => {
    for await (const { images } of batches.epoch(0)) await file.append(images);
    return [pictures.length, ...input.shape];
  });
  await writeLabels(write, part, pictures);
}

/** `pictures` uint8 [bytes], `places` int64 [N, 3] (the first byte, height, width) and `labels` int32 [N]. */
async function writeUncropped(
  write: Write,
  part: string,
  pictures: Pictures,
  { input, training }: { input: TaskInput; training: RunConfig['training'] },
): Promise<void> {
  const source = isSource(pictures) ? pictures : datasetSource(pictures);
  const places = new BigInt64Array(3 * source.length);
  // The first makes of a picture what the steps that are drawn get; it asks for no context.
  const [kept] = trainingOf(input.steps, training.augment);
  const context = { shape: input.shape, seed: 0, epoch: 0, index: 0 };
  await write(`${part}-pictures.npy`, '|u1', async (file) => {
    let bytes = 0;
    for (let first = 0; first < source.length; first += AT_A_TIME) {
      const length = Math.min(AT_A_TIME, source.length - first);
      const read = await source.read(Uint32Array.from({ length }, (_, i) => first + i));
      for (const [i, picture] of read.entries()) {
        const { data, height, width } = kept!(picture, context);
        places.set([bytes, height, width].map(BigInt), 3 * (first + i));
        bytes += data.length;
        await file.append(data);
      }
    }
    return [bytes];
  });
  await write(`${part}-places.npy`, '<i8', async (file) => {
    await file.append(places);
    return [source.length, 3];
  });
  await writeLabels(write, part, pictures);
}

async function writeLabels(write: Write, part: string, { labels, length }: Pictures): Promise<void> {
  await write(`${part}-labels.npy`, '<i4', async (file) => {
    await file.append(Int32Array.from(labels));
    return [length];
  });
}
