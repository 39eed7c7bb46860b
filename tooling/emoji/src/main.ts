import { parseArgs } from 'node:util';
import { EmojiError } from './error.ts';
import { withPackage } from './fetch.ts';
import { sampleOf } from './sample.ts';
import { listEmoji, requireEmpty, writeEmoji } from './set.ts';

const HELP = `Usage: node tooling/emoji FOLDER [--sample] [--tarball FILE]

Makes FOLDER, a set of 3,781 pictures to train on: emoji of 64x64 pixels in a folder for each of nine
categories. Gets npm's package emoji-datasource-twitter (62 MB) as npm is configured, and checks its hash.
What a file's name begins with, up to _ or the point, is the emoji without its skin tone:
--group '([^/_.]+)[^/]*$' keeps the tones of an emoji in one part.

  --sample        only the 200 pictures that the tests use
  --tarball FILE  the package's file, where it lies here already

The pictures are Twitter's and contributors', CC-BY 4.0: see FOLDER/ATTRIBUTION.txt.`;

try {
  const { folder, tarball, sample } = read(process.argv.slice(2));
  if (folder === undefined) {
    console.log(HELP);
  } else {
    await requireEmpty(folder); // before 62 MB come for nothing
    const count = await withPackage(tarball, (unpacked) => write(unpacked, folder, sample));
    console.log(`${folder}: ${count} pictures in nine classes, CC-BY 4.0 (ATTRIBUTION.txt)`);
  }
} catch (error) {
  if (!(error instanceof EmojiError)) throw error;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}

async function write(unpacked: string, folder: string, sample: boolean): Promise<number> {
  const all = await listEmoji(unpacked);
  const chosen = sample ? sampleOf(all) : all;
  await writeEmoji(unpacked, chosen, folder);
  return chosen.length;
}

/** What was typed; no folder where help is wanted. */
function read(words: string[]): { folder?: string; tarball?: string; sample: boolean } {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      allowPositionals: true,
      options: { help: { type: 'boolean' }, sample: { type: 'boolean' }, tarball: { type: 'string' } },
    });
    const { sample = false, tarball, help } = values;
    if (help) return { sample };
    const [folder, ...others] = positionals;
    if (folder === undefined || others.length > 0) throw new Error(`${positionals.length}`);
    return { folder, tarball, sample };
  } catch (cause) {
    const { message } = cause as Error;
    throw new EmojiError('the command line', 'one folder', message, 'Try --help.');
  }
}
