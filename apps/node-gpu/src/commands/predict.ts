import { once } from 'node:events';
import type { RawPicture } from '@residual/data';
import { isBlank, preparation } from '@residual/pictures';
import { decodePicture } from '@residual/pictures/node';
import { type Classification, classifyAll, embedAll } from '@residual/runs';
import { type BackendOptions, checkBackend, startBackend } from '../backends.js';
import { CommandError } from '../error.js';
import { describeFailure } from '../failure.js';
import { formatCount } from '../format.js';
import { fail, warn } from '../output.js';
import { withViews } from '../run/testTimeAugmentation.js';
import type { Tta } from '../sharedOptions.js';
import { type Answers, answersAs } from './answers.js';
import { embeddingsAs } from './embeddings.js';
import { inGroups, pictureFiles } from './pictureFiles.js';
import { type Predictor, type PredictorOptions, predictorOf } from './predictor.js';

export interface PredictOptions extends BackendOptions, PredictorOptions {
  top: number;
  /** Answer by several views of each picture. */
  tta?: Tta;
  /** What the network makes of each picture in place of classes: before its head, or where `embedAt` says. */
  embed?: boolean;
  embedAt?: string;
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
    embed,
    embedAt,
    csv,
    json,
    ...device
  }: PredictOptions,
): Promise<void> {
  checkBackend(device.backend);
  if (csv && json) throw twoForms();
  const isEmbedding = embed || embedAt !== undefined;
  if (isEmbedding && tta !== undefined) throw noMirroredEmbedding(tta);
  const which = { run, weights, model: name, task: taskName, import: imports, best };
  const { model, task } = await predictorOf(files, which, () => startBackend(device));
  const form = csv ? 'csv' : json ? 'json' : 'text';
  const views = tta === undefined ? { model, task } : withViews(tta, model, task);
  const asked: Asked<Float32Array> | Asked<Classification[]> = isEmbedding
    ? await embeddings({ model, task }, form, embedAt)
    : {
        work: (some) => classifyAll(views.model, some, views.task, { top }),
        answers: answersAs(form, Math.min(top, task.classNames.length)),
      };
  const prepare = preparation(task);
  await answerAll(files, asked as Asked<unknown>, (picture) => isBlank(picture, task, prepare));
}

function noMirroredEmbedding(tta: string): CommandError {
  return new CommandError('USAGE', {
    where: '--tta',
    expected: 'none beside --embed: classes are means of several answers, embeddings are not',
    received: tta,
    fix: 'Leave one of them out.',
  });
}

/** What is asked of each picture, and how it is told. */
interface Asked<Answer> {
  work(pictures: readonly RawPicture[]): Promise<Answer[]>;
  answers: Answers<Answer>;
}

/** @throws BlocksError `PATH` before a picture is read */
async function embeddings(
  { model, task }: Predictor,
  form: 'text' | 'json' | 'csv',
  path: string | undefined,
): Promise<Asked<Float32Array>> {
  const options = path === undefined ? {} : { path };
  const blank = { data: new Uint8Array(3), width: 1, height: 1 };
  const [row] = await embedAll(model, [blank], task, options);
  return { work: (some) => embedAll(model, some, task, options), answers: embeddingsAs(form, row!.length) };
}

async function answerAll(
  files: readonly string[],
  { work, answers }: Asked<unknown>,
  isBlank: (picture: RawPicture) => boolean,
): Promise<void> {
  answers.begin();
  let count = 0;
  const failures: unknown[] = [];
  for await (const { file, picture } of decodedAhead(inGroups(pictureFiles(files), BATCH))) {
    const usable = picture.filter((one): one is RawPicture => !('error' in one));
    const answered = await answerEach(usable, work);
    for (const [i, one] of picture.entries()) {
      const answer = 'error' in one ? one : answered.shift()!;
      if (++count === 2) failures.forEach(sayFailure); // that of a file alone is what the command ends with
      if (isFailed(answer)) {
        failures.push(answer.error);
        if (count > 1) sayFailure(answer.error);
      } else {
        if (!('error' in one) && isBlank(one))
          warn(`${file[i]}: of one colour, as the network sees it, so that the answer says nothing of it.`);
        answers.show(file[i]!, answer);
      }
    }
    if (process.stdout.writableNeedDrain) await once(process.stdout, 'drain');
  }
  if (failures.length === 0) return;
  throw count === 1 ? failures[0] : someFailed(failures.length, count);
}

/** Each was told when its turn came. */
function someFailed(failed: number, count: number): CommandError {
  return new CommandError('FILE', {
    where: 'pictures',
    expected: `${formatCount(count)} that can be read`,
    received: `${formatCount(failed)} that can't be`,
    fix: 'The others are named.',
  });
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

function isFailed(answer: unknown): answer is Failed {
  return typeof answer === 'object' && answer !== null && 'error' in answer;
}

/** Where one picture can't be taken, the others can still be. */
async function answerEach(pictures: readonly RawPicture[], work: Asked<unknown>['work']): Promise<unknown[]> {
  try {
    return await work(pictures);
  } catch (error) {
    if (pictures.length === 1) return [failureOf(error)];
    const each = pictures.map((picture) => answerEach([picture], work));
    return (await Promise.all(each)).flat();
  }
}

function sayFailure(error: unknown): void {
  fail(describeFailure(error).message);
}
