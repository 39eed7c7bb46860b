import { join } from 'node:path';
import { epochsWithin, type Pace } from '@residual/runs';
import type { BackendOptions } from '../backends.js';
import { formatCount, formatDuration } from '../format.js';
import { warn } from '../output.js';
import { createRunFolder } from '../run/folder.js';
import { type Loading, planRun, type RunPlan } from '../run/plan.js';
import type { RunSettings } from '../run/settings.js';
import { paceOf, secondsSinceStart, tooShort } from '../run/timePlan.js';
import type { ComparedFolder, ComparisonFolder } from './folder.js';
import type { Member } from './members.js';

/** Those options of `train` that all runs of a comparison share. */
export interface SharedOptions extends BackendOptions {
  epochs?: number;
  /** For all runs together. */
  minutes?: number;
  limit?: number;
  batchSize?: number;
  data?: string;
  pack?: string;
  import?: string[];
  json?: boolean;
}

/** A comparison that has no more to decide. */
export interface Prepared {
  runs: ComparedFolder[];
  /** What the minutes came to; absent where the epochs are given. */
  time?: { epochs: number; seconds: number };
}

/**
 * Makes the folders of all runs that are to be trained, each with all that decides it: the same pictures and seeds, and as many epochs as
 * all of them together have time for.
 *
 * @param options.seeds how many runs of each, by the seeds 0, 1 and so on
 * @param options.minutes without, each has as many epochs as it says
 * @throws what planning a run throws; CommandError `USAGE` where not even one epoch of each fits into the minutes.
 */
export async function prepare(
  members: readonly Member[],
  folder: ComparisonFolder,
  { seeds, minutes, ...options }: SharedOptions & { seeds: number },
  version: string,
  loading: Loading,
): Promise<Prepared> {
  const trained = members.filter((member) => member.kind !== 'run');
  const paces: Pace[] = [];
  const planned: { member: Member; settings: RunSettings; split: RunPlan['data']['split'] }[] = [];
  let images = 0;
  for (const member of trained) {
    const begun = secondsSinceStart();
    const plan = await planMember(member, options, version, loading);
    const { environment: _, ...config } = plan.settings;
    const { data, backend } = plan;
    const loaded = secondsSinceStart() - begun;
    if (minutes !== undefined) {
      const share = minutes / (trained.length * seeds);
      const pace = await paceOf(config, data, {
        isGpu: backend.isGpu,
        minutes: share,
        signal: loading.signal,
      });
      paces.push({ ...pace, start: pace.start + loaded });
    }
    images = Math.min(data.train.length, config.training.limit ?? data.train.length);
    planned.push({ member, settings: plan.settings, split: data.split });
    await plan.weights?.named.close();
  }
  const time =
    minutes === undefined || paces.length === 0 ? undefined : share(paces, { seeds, minutes, images });
  const runs: ComparedFolder[] = [];
  for (const member of members) {
    const { name } = member;
    if (member.kind === 'run') {
      runs.push({ name, folder: folder.relative(member.folder), isOwn: false });
      continue;
    }
    const { settings, split } = planned.find((one) => one.member === member)!;
    for (let seed = 0; seed < seeds; seed++) {
      const own = seeds === 1 ? name : `${name}-seed-${seed}`;
      const made = await createRunFolder(join(folder.path, own), name, new Date());
      const training = { ...settings.training, seed, ...(time && { epochs: time.epochs }) };
      await made.writeConfig({ ...settings, training });
      if (split !== undefined) await made.writeSplit(split);
      runs.push({ name, folder: own, isOwn: true });
    }
  }
  return { runs, ...(time && { time }) };
}

async function planMember(
  member: Exclude<Member, { kind: 'run' }>,
  options: SharedOptions,
  version: string,
  loading: Loading,
): Promise<RunPlan> {
  const plan = await planOf();
  for (const message of plan.warnings) warn(`${member.name}: ${message}`);
  return plan;

  function planOf(): Promise<RunPlan> {
    if (member.kind === 'config') return planRun({ ...options, config: member.file }, version, loading);
    const { recipe } = member;
    if (typeof recipe === 'string') return planRun({ ...options, recipe }, version, loading);
    return planRun(options, version, loading, recipe);
  }
}

/** How many epochs all runs have time for, the same for each, and how long they take. */
function share(
  paces: readonly Pace[],
  { seeds, minutes, images }: { seeds: number; minutes: number; images: number },
): { epochs: number; seconds: number } {
  const sum = (part: keyof Pace) => seeds * paces.reduce((total, pace) => total + pace[part], 0);
  const all: Pace = { start: sum('start'), epoch: sum('epoch'), test: sum('test') };
  const spent = secondsSinceStart();
  const epochs = epochsWithin(all, 60 * minutes - spent);
  if (epochs > 0) return { epochs, seconds: all.start + epochs * all.epoch + all.test };
  throw tooShort(all, {
    minutes,
    spent,
    images,
    what: `one epoch of each of ${formatCount(seeds * paces.length)} runs takes: ${formatDuration(all.epoch)}, after ${formatDuration(spent)} of loading and measuring`,
  });
}
