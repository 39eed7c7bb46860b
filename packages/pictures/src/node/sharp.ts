import { PicturesError } from '../error.js';
import { Turns } from './inTurns.js';

type Sharp = typeof import('sharp')['default'];

let loading: Promise<Sharp> | undefined;

/**
 * Sharp, which decodes. For the whole process it is told to decode each picture in one thread: pictures are many, and libvips' threads
 * would take the cores from those that train. And to keep nothing: no picture is decoded twice soon, and memory would grow.
 *
 * @throws PicturesError `DEPENDENCY` when it isn't installed.
 */
export function loadSharp(): Promise<Sharp> {
  loading ??= importSharp();
  return loading;
}

/** Of this package's own part in decoding: raise it with what changes bytes. */
const VERSION = 1;

/** What decodes here, with the versions that may change a picture's bytes. */
export async function decoderName(): Promise<string> {
  const { versions } = await loadSharp();
  return `decoder ${VERSION} on sharp ${versions.sharp}, libvips ${versions.vips}`;
}

async function importSharp(): Promise<Sharp> {
  try {
    const { default: sharp } = await import('sharp');
    sharp.concurrency(1);
    sharp.cache(false);
    return sharp;
  } catch (cause) {
    throw new PicturesError(
      'DEPENDENCY',
      {
        where: '@residual/pictures/node',
        expected: 'the package sharp, which decodes pictures',
        received: `the error "${reasonOf(cause).split('; ')[0]}"`,
        fix: 'Install it: npm install sharp.',
      },
      { cause },
    );
  }
}

/** As many as Node's own threads decode at a time: what waits for one is not slow itself. */
const turns = new Turns();

/**
 * Waits for its turn and then at most so many seconds: sharp's own limit is kept while pixels are made, not in what a file has
 * before them.
 *
 * @throws Error "timeout" when they are over. What goes on in another thread can't be stopped then: its turn ends when it does.
 */
export async function inTime<Result>(seconds: number, run: () => Promise<Result>): Promise<Result> {
  await turns.take();
  const work = run().finally(() => turns.give());
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_, reject) => {
    // Once more: after a sleep of the process timers come first, also where the result is there.
    const again = () => {
      timer = setTimeout(() => reject(new Error('timeout')), 10);
    };
    timer = setTimeout(again, seconds * 1000);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * What an error says, in one line; libvips says some things several times, and which of its parts it is that says them. It keeps one text
 * for all threads: where several pictures fail at a time, one may have the other's words, and no decision may hang on them.
 */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const lines = message
    .split('\n')
    .map((line) =>
      line
        .replace(
          /Input buffer has corrupt header:|\bVips\w+:|Warning treated as error due to failOn setting/gi,
          '',
        )
        .trim(),
    );
  return [...new Set(lines)].filter((line) => line !== '').join('; ');
}
