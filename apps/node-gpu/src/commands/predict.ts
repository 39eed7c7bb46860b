import { once } from 'node:events';
import type { RawPicture } from '@residual/data';
import { decodePicture } from '@residual/pictures/node';
import { type Classification, classifyAll } from '@residual/runs';
import { mirrored } from '@residual/trainer';
import { type BackendOptions, checkBackend, startBackend } from '../backends.js';
import { CommandError } from '../error.js';
import { describeFailure } from '../failure.js';
import { formatCount } from '../format.js';
import { fail } from '../output.js';
import { answersAs } from './answers.js';
import { inGroups, pictureFiles } from './pictureFiles.js';
import { type PredictorOptions, predictorOf } from './predictor.js';

export interface PredictOptions extends BackendOptions, PredictorOptions {
  top: number;
  /** Answer by each picture and its mirror image. */
  tta?: 'mirror';
  csv?: boolean;
  json?: boolean;
}

/** Pictures at a time: as they were taken, they may be large. */
const BATCH = 8;

/**
 * Prints the likeliest classes of each picture, with their probabilities. One that can't be read doesn't stop the others; it is told on
 * stderr, and the command fails in the end.
 */
export async function predict(
  files: readonly string[],
  {
    run,
    weights,
    model: name,
    task: taskName,
    import: imports,
    best,
    top,
    tta,
    csv,
    json,
    ...device
  }: PredictOptions,
): Promise<void> {
  checkBackend(device.backend);
  if (csv && json) throw twoForms();
  const which = { run, weights, model: name, task: taskName, import: imports, best };
  const { model: plain, task } = await predictorOf(files, which, () => startBackend(device));
  const model = tta === undefined ? plain : mirrored(plain);
  const form = csv ? 'csv' : json ? 'json' : 'text';
  const answers = answersAs(form, Math.min(top, task.classNames.length));
  answers.begin();
  let count = 0;
  let failed = 0;
  for await (const { file, picture } of decodedAhead(inGroups(pictureFiles(files), BATCH))) {
    const usable = picture.filter((one): one is RawPicture => !('error' in one));
    const classes = await classifyEach(usable, (some) => classifyAll(model, some, task, { top }));
    for (const [i, one] of picture.entries()) {
      const answer = 'error' in one ? one : classes.shift()!;
      count++;
      if ('error' in answer) {
        failed++;
        sayFailure(answer.error);
      } else answers.show(file[i]!, answer);
    }
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  }
  if (failed > 0 && count > 1) {
    fail(`${formatCount(failed)} of ${formatCount(count)} files could not be read; the others are named.`);
  }
}

function twoForms(): CommandError {
  return new CommandError('USAGE', {
    where: '--csv',
    expected: 'none beside --json',
    received: 'both',
    fix: 'Leave one of them out.',
  });
}

interface Failed {
  error: unknown;
}

interface Group {
  file: string[];
  picture: (RawPicture | Failed)[];
}

/** Gets and decodes the next group of files while one is worked on. */
async function* decodedAhead(groups: AsyncIterable<string[]>): AsyncGenerator<Group, void, undefined> {
  const iterator = groups[Symbol.asyncIterator]();
  const get = async () => {
    const { done, value } = await iterator.next();
    return done ? undefined : decode(value);
  };
  for (let next = get(); ; ) {
    const group = await next;
    if (group === undefined) return;
    next = get();
    next.catch(() => {}); // thrown above, when its turn comes
    yield group;
  }
}

async function decode(file: string[]): Promise<Group> {
  return { file, picture: await Promise.all(file.map((one) => decodePicture(one).catch(failureOf))) };
}

function failureOf(error: unknown): Failed {
  return { error };
}

/** Where one picture can't be taken, the others can still be named. */
async function classifyEach(
  pictures: readonly RawPicture[],
  classify: (pictures: readonly RawPicture[]) => Promise<Classification[][]>,
): Promise<(Classification[] | Failed)[]> {
  try {
    return await classify(pictures);
  } catch (error) {
    if (pictures.length === 1) return [failureOf(error)];
    const each = pictures.map((picture) => classifyEach([picture], classify));
    return (await Promise.all(each)).flat();
  }
}

function sayFailure(error: unknown): void {
  const { message, exitCode } = describeFailure(error);
  fail(message);
  process.exitCode = exitCode;
}
