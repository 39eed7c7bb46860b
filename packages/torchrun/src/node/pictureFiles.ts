import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { datasetSource, isSource, type Pictures, type Task } from '@residual/data';
import { isCropped, trainingOf, uncroppedRows } from '@residual/pictures';
import { batchesOf, type RunConfig, type RunParts, type TaskInput, taskInput } from '@residual/runs';
import { makeFolder } from '@residual/weights/node';
import { type ArrayFacts, NpyFile } from './npyFile.js';

/** How many pictures are in memory at a time. */
const AT_A_TIME = 256;

/** Files that hold pictures as they are, where they were before. */
export interface ShardFiles {
  /** The folder of all of them. */
  readonly at: string;
  /** Their names, in the order of their numbers. */
  readonly files: readonly string[];
}

export interface WrittenPictures {
  /** What tells each file from others, by its name. */
  readonly files: Record<string, ArrayFacts>;
  /** Where the bytes of pictures lie, if the files don't hold them. */
  readonly shards?: ShardFiles;
}

/**
 * Tells where the pictures of a run lie that have their bytes in files as training needs them: of each `places` int64 [N, 5], the number of
 * its file, its first byte there, height, width and CRC-32; and `labels` int32 [N].
 *
 * @param folder is made
 * @returns undefined, and nothing is written, where not all of them do
 */
export async function writePlaces(
  { task }: RunConfig,
  { train, validation }: RunParts,
  folder: string,
): Promise<WrittenPictures | undefined> {
  const parts = Object.entries({ train, ...(validation && { validation }) });
  const paths = new Map<string, number>();
  const stored = parts.map(([name, pictures]) => ({
    name,
    pictures,
    places: storedPlaces(task, pictures, paths),
  }));
  const [at, ...others] = new Set([...paths.keys()].map((path) => dirname(path)));
  if (at === undefined || others.length > 0 || stored.some(({ places }) => places === undefined))
    return undefined;
  await makeFolder(folder);
  const { files, write } = arrays(folder);
  for (const { name, pictures, places } of stored) {
    await write(`${name}-places.npy`, '<i8', async (file) => {
      await file.append(places!);
      return [pictures.length, 5];
    });
    await writeLabels(write, name, pictures);
  }
  return { files, shards: { at, files: [...paths.keys()].map((path) => basename(path)) } };
}

/**
 * Where each picture lies, [N, 5].
 *
 * @param paths of the files, which get the next numbers
 * @returns undefined where a picture has no such place, or was made by other steps than the task's
 */
function storedPlaces(task: Task, pictures: Pictures, paths: Map<string, number>): BigInt64Array | undefined {
  if (!isSource(pictures) || pictures.origin === undefined || pictures.steps === undefined) return undefined;
  const [own, theirs] = [task.steps, pictures.steps].map((rows) => uncroppedRows(rows));
  if (!isDeepStrictEqual(own, theirs) || !cutsAsThere(task)) return undefined;
  const places = new BigInt64Array(5 * pictures.length);
  for (let i = 0; i < pictures.length; i++) {
    const { stored } = pictures.origin(i);
    if (stored === undefined) return undefined;
    const { file, begin, height, width, crc32 } = stored;
    if (!paths.has(file)) paths.set(file, paths.size);
    places.set([paths.get(file)!, begin, height, width, crc32].map(BigInt), 5 * i);
  }
  return places;
}

/** Whether the steps that crop, which come after what shards hold, are known over there. */
function cutsAsThere({ steps }: Task): boolean {
  const crops = steps.slice(uncroppedRows(steps).length);
  return crops.every(({ name, version }) => version === undefined && name === 'centerCrop');
}

/** Writes arrays into a folder, and keeps what tells them from others. @param folder undefined: nothing is written, only hashed */
function arrays(folder: string | undefined): { files: Record<string, ArrayFacts>; write: Write } {
  const files: Record<string, ArrayFacts> = {};
  const write: Write = async (name, type, elements) => {
    const file = await NpyFile.create(folder && join(folder, name), type);
    try {
      files[name] = await file.finish(await elements(file));
    } finally {
      await file.close();
    }
  };
  return { files, write };
}

/**
 * Writes what a run trains on and validates with, as NumPy's arrays: pictures after the task's steps, before those of training,
 * which are drawn anew in each epoch. Where one of these crops, pictures to train on have sizes of their own.
 *
 * @param folder is made; undefined: nothing is written, only hashed
 * @throws what reading the pictures throws
 */
export async function writePictures(
  { task, training }: RunConfig,
  { train, validation }: RunParts,
  folder: string | undefined,
): Promise<WrittenPictures> {
  if (folder !== undefined) await makeFolder(folder);
  const input = taskInput(task);
  const { files, write } = arrays(folder);
  if (isCropped(training.augment)) await writeUncropped(write, 'train', train, { input, training });
  else await writeFitted(write, 'train', train, input);
  if (validation !== undefined) await writeFitted(write, 'validation', validation, input);
  return { files };
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
