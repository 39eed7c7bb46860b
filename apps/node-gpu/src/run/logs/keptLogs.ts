import * as v from 'valibot';
import type { RunFolder } from '../folder.js';
import type { LogPlace } from './places.js';

const FILE = 'logs.json';

/** A place that a run's logs go to, and how far they are. */
export type KeptLog = {
  kind: LogPlace['kind'];
  /** Of a server. */
  url?: string;
  /** How many points the server has. */
  delivered?: number;
};

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const logs = v.variant('kind', [
  v.strictObject({ kind: v.picklist(['tensorboard', 'csv']) }),
  v.strictObject({
    kind: v.picklist(['mlflow', 'trackio']),
    url: v.pipe(v.string(), v.url()),
    delivered: v.optional(count),
  }),
]);
const schema = v.strictObject({ version: v.literal(1), logs: v.array(logs) });

/** The logs that a run has; none, and a warning, where their file is damaged: no log stops a run. */
export async function readKeptLogs(folder: RunFolder, warn: (message: string) => void): Promise<KeptLog[]> {
  if (!(await folder.files.list()).includes(FILE)) return [];
  try {
    const text = new TextDecoder().decode(await folder.files.read(FILE));
    return v.parse(schema, JSON.parse(text)).logs;
  } catch {
    warn(`${folder.file(FILE)} can't be read, so nothing more is logged but events.jsonl: say --log again.`);
    return [];
  }
}

export function writeKeptLogs(folder: RunFolder, logs: readonly KeptLog[]): Promise<void> {
  return folder.writeJson(FILE, { version: 1, logs });
}

export function isSamePlace(a: Pick<KeptLog, 'kind' | 'url'>, b: Pick<KeptLog, 'kind' | 'url'>): boolean {
  return a.kind === b.kind && a.url === b.url;
}
