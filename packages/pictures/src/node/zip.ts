import { basename } from 'node:path';
import { compareNaturally, defineSource } from '@residual/data';
import { ZipArchive } from '@residual/data/node';
import * as v from 'valibot';
import { csvListing, onlyCsv } from './csv.js';
import { type Files, isHidden, stampOf } from './files.js';
import { classFolders } from './folder.js';
import { type DecodeLimits, limitsOf } from './limits.js';
import { listingParameters, loadListing } from './listing.js';

/**
 * A row of the source `zip`: the archive `path` holds what the source `folder` reads, or a CSV of pictures, as the source `csv`; where there are several,
 * `csv` is the path of the one in it. `dataName`, where it's not the archive's name; `height` and `width`,
 * the size that pictures are stretched to. Nothing is unpacked to disk.
 *
 * @example
 * const { train, test, task, report } = await loadSource(zipSource({ path: 'photos.zip' }));
 */
export const zipSource = defineSource({
  name: 'zip',
  parameters: v.strictObject({ ...listingParameters, csv: v.optional(v.pipe(v.string(), v.nonEmpty())) }),
  load: async ({ path, csv, ...fields }, options) => {
    const files = await zipFiles(path, fields);
    const table = csv ?? (await onlyCsv(files));
    const listing = table === undefined ? await classFolders(files) : await csvListing(files, table);
    return loadListing(files, listing, fields, options);
  },
});

/** The files of a zip archive, where they lie. */
async function zipFiles(path: string, given: DecodeLimits): Promise<Files> {
  const limits = limitsOf(given);
  const stamp = await stampOf(path); // an entry is known by its archive: where that changes, all is read anew
  const archive = await ZipArchive.open(path, { maxBytes: limits.maxBytes });
  const paths = archive.names.filter((name) => !isHidden(name)).sort(compareNaturally);
  const there = new Set(paths);
  const folders = new Set<string>();
  for (const name of paths) {
    for (let end = name.lastIndexOf('/'); end > 0; end = name.lastIndexOf('/', end - 1)) {
      if (folders.has(name.slice(0, end))) break; // and so are those above it
      folders.add(name.slice(0, end));
    }
  }
  const passedOver = archive.passedOver.filter(({ file }) => !isHidden(file));
  const reasons = new Map(passedOver.map(({ file, reason }) => [file, reason]));
  return {
    where: path,
    name: basename(path).replace(/\.zip$/i, ''),
    limits,
    list: async () => ({ paths, folders: [...folders].sort(compareNaturally), passedOver }),
    problem: async (name) => (there.has(name) ? undefined : (reasons.get(name) ?? 'no such file')),
    read: (name) => archive.read(name),
    stamp: async () => stamp,
  };
}
