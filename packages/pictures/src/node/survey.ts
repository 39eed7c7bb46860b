import type { Survey } from '@residual/data';
import type { PicturesError } from '../error.js';
import { isGrey, toColor } from '../grey.js';
import { decodePicture } from './decode.js';
import type { Files } from './files.js';
import { type PictureHeader, pictureHeader } from './header.js';
import { inTurns } from './inTurns.js';
import type { Listing } from './listed.js';
import type { PackOptions } from './packing.js';

/** Bytes of a file that are looked at first: few headers are longer, with all that cameras write before the picture. */
const HEADER = 65_536;

/**
 * Looks at the headers of a listing's pictures, before any is decoded. What can't be read is left out here; decoding says why. Only
 * where a header can't tell whether a picture is grey are pictures decoded, up to the first that isn't.
 */
export async function surveyOf(
  files: Files,
  { classNames, pictures }: Listing,
  { onProgress, signal, workers }: Omit<PackOptions, 'onRemark'>,
): Promise<Survey> {
  const shortSides = new Uint32Array(pictures.length);
  const maybeColored = new Uint8Array(pictures.length);
  let done = 0;
  await inTurns(
    pictures.length,
    async (i) => {
      signal?.throwIfAborted();
      const path = pictures.path(i);
      const direct = workers && (await files.direct?.(path));
      const header = (direct && (await workers!.look(direct))) || (await headerIn(files, path));
      shortSides[i] = header === undefined ? 0 : Math.min(header.width, header.height);
      maybeColored[i] = header?.channels === 3 ? 1 : 0;
      onProgress?.({ what: 'looking', done: ++done, total: pictures.length });
    },
    workers?.atATime,
  );
  const sides = shortSides.filter((side) => side > 0).sort();
  return {
    count: sides.length,
    classCount: classNames.length,
    medianShortSide: sides[sides.length >> 1] ?? 0,
    channels: (await isAnyColored()) ? 3 : 1,
  };

  async function isAnyColored(): Promise<boolean> {
    for (let i = 0; i < pictures.length; i++) {
      if (maybeColored[i] === 0) continue;
      signal?.throwIfAborted();
      const path = pictures.path(i);
      const picture = await Promise.resolve(files.read(path))
        .then((bytes) => decodePicture(bytes, { where: path, ...files.limits }))
        .catch(() => undefined); // decoding it again says why
      if (picture !== undefined && !isGrey(toColor(picture).data)) return true;
    }
    return false;
  }
}

/** Of its first bytes, or of all where these don't do; undefined where it can't be read. */
async function headerIn(files: Files, path: string): Promise<PictureHeader | undefined> {
  for (const length of [HEADER, undefined]) {
    const bytes = await files.read(path, length).catch(() => undefined);
    const header = bytes && (await pictureHeader(bytes, { where: path, ...files.limits }).catch(ofDamage));
    if (header !== undefined || bytes === undefined) return header;
    if (length === undefined || bytes.length < length) return undefined; // all of it was there
  }
  return undefined;
}

function ofDamage(error: unknown): undefined {
  if ((error as PicturesError).code !== 'PICTURE') throw error; // no sharp
}
