import { joined, type LoadedData, type Part, type Pictures, type Split } from '@residual/data';
import { type RunConfig, runParts } from '@residual/runs';
import { CommandError } from '../error.js';
import { importForRun } from '../imports.js';
import { fitOf, loadPictures, loadRecorded, remarksOnChange, sourceNamed } from '../named.js';
import { warn } from '../output.js';
import type { OpenRun } from './settings.js';

/** Which pictures a run's model is judged by. */
export interface JudgedPart {
  pictures: Pictures;
  /** Whether they are the run's own test part, of which each further judgement counts. */
  isOwnTest: boolean;
}

/**
 * Loads the pictures that a run is judged by: of one part, as the run had it, or others.
 *
 * @param options.data which others: by default the run's own
 * @param options.import files of the user's, beside those that the run recorded
 * @param options.again how to try again with such a file
 * @throws what importing and loading throw; CommandError `USAGE` where there is no such part.
 */
export async function loadJudged(
  part: Part,
  { folder, settings }: OpenRun,
  { data, import: files, again }: { data?: string; import?: string[]; again: string },
): Promise<JudgedPart> {
  const { task, environment } = settings;
  await importForRun(environment.imports, files, again);
  const source = data === undefined ? environment.data : await sourceNamed(data);
  const split = await folder.readSplit();
  const load = data === undefined ? loadRecorded : loadPictures;
  const loaded = await load(source, `${folder.file('config.json')}: environment.data`, {
    ...fitOf(task),
    split,
    onRemark: warn,
  });
  if (data === undefined) for (const remark of remarksOnChange(task, loaded)) warn(remark);
  return judgedPart(part, loaded, settings, { isOther: data !== undefined, split });
}

/**
 * The pictures of one part, as the run had it; of other pictures that come in no parts, all.
 *
 * @param options.isOther whether other pictures were named, which may be the run's, moved
 * @param options.split of the run
 * @throws CommandError `USAGE` where there is no such part.
 */
function judgedPart(
  part: Part,
  loaded: LoadedData,
  settings: RunConfig,
  options: { isOther: boolean; split: Split | undefined },
): JudgedPart {
  const isOther = options.isOther && !isSameData(loaded, settings, options.split);
  if (isOther && loaded.split !== undefined) return { pictures: joined(loaded), isOwnTest: false };
  const { [part]: pictures } = isOther || part === 'test' ? loaded : runParts(settings, loaded);
  if (pictures !== undefined) return { pictures, isOwnTest: part === 'test' && !isOther };
  throw new CommandError('USAGE', {
    where: '--part',
    expected: 'a part that there are pictures of',
    received: `${part}: ${loaded.task.data.name} has no ${part} part`,
    fix: `Judge by another part, such as --part ${loaded.validation === undefined ? 'train' : 'validation'}.`,
  });
}

/** Whether they are the run's pictures, wherever they lie now. */
function isSameData(
  { task, split }: LoadedData,
  { task: { data } }: RunConfig,
  ofRun: Split | undefined,
): boolean {
  if (split !== undefined && split === ofRun) return true;
  return task.data.name === data.name && task.data.sha256 === data.sha256;
}
