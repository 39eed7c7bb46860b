import { basename, resolve } from 'node:path';
import { findPretrained, findShipped } from '@residual/pretrained';
import type { StartingWeights, WeightsToStart } from '@residual/runs';
import { CommandError } from '../error.js';
import { exists } from '../exists.js';
import { isHubReference, parseHubReference, pinned } from '../hub/reference.js';
import { type NamedWeights, openNamed } from './named.js';

/** Where a run's weights lie, and what they are where the file doesn't say it: enough to open them again. */
export type WeightsPlace = {
  /** A whole path, or a model of the Hugging Face Hub at one commit. */
  readonly path: string;
  /** `--model` */
  readonly model?: string;
};

/** Weights for a run to begin with, opened. */
export interface OpenedStart extends WeightsToStart {
  place: WeightsPlace;
  /** For people: as they were published, or the file's. */
  name: string;
  named: NamedWeights;
}

/**
 * Opens the weights that `--weights` names: a file, a folder, a run or a model of the Hugging Face Hub, or a row of `residual weights` whose file lies in the
 * working folder.
 *
 * @throws CommandError `USAGE` for a row whose file isn't there; what `openNamed` throws.
 */
export async function openStart(
  what: string,
  model: string | undefined,
  signal?: AbortSignal,
): Promise<OpenedStart> {
  if (isHubReference(what) || (findShipped(what) && !(await exists(what))))
    return openPlace({ path: what, ...(model !== undefined && { model }) }, signal);
  const row = (await exists(what)) ? undefined : findPretrained(what);
  const file = row?.file ?? undefined;
  if (row !== undefined && (file === undefined || !(await exists(file)))) {
    throw new CommandError('USAGE', {
      where: '--weights',
      expected: file === undefined ? `a file or folder of ${what}` : `${file} in this folder`,
      received: 'nothing there, and nothing is downloaded',
      fix:
        row.hub === null
          ? `Get ${file} yourself, then name it: --weights FILE --model ${what}.`
          : `Fetch it by --weights hf://${row.hub}, or get ${file ?? 'it'} yourself: --weights FILE --model ${what}.`,
    });
  }
  const place = { path: resolve(file ?? what), model: model ?? row?.name };
  return openPlace(place.model === undefined ? { path: place.path } : (place as WeightsPlace), signal);
}

/** Opens them where they lay. @throws what `openNamed` throws. */
export async function openPlace(
  { path, ...words }: WeightsPlace,
  signal?: AbortSignal,
): Promise<OpenedStart> {
  const named = await openNamed(path, words, signal);
  const isHub = isHubReference(path);
  const name =
    findPretrained(words.model ?? '')?.name ??
    (isHub ? parseHubReference(path).name : (findShipped(path)?.name ?? basename(path)));
  // A run that begins again takes the same commit, whatever its branch has become.
  const place = { ...words, path: isHub ? pinned(parseHubReference(path), basename(named.place)) : path };
  return { place, name, named, file: named.file, sha256: await named.sha256() };
}

/** What a run's configuration says of them: the head begins anew unless it is known to be for these classes. */
export function identityOf(
  { name, sha256, named: { task } }: OpenedStart,
  classNames: readonly string[],
): StartingWeights {
  const isSame =
    task?.classNames.length === classNames.length &&
    classNames.every((className, i) => task.classNames[i] === className);
  return { name, sha256, newHead: !isSame };
}

/** @throws CommandError `USAGE` when they are others than a configuration names. */
export function requireIdentity(
  { sha256, place }: OpenedStart,
  expected: StartingWeights,
  where: string,
): void {
  if (sha256 === expected.sha256) return;
  throw new CommandError('USAGE', {
    where: '--weights',
    expected: `${expected.name} with the SHA-256 ${expected.sha256}, as ${where} says`,
    received: `${place.path} with ${sha256}`,
    fix: 'Name the file with which the run was started, or start a new one.',
  });
}
