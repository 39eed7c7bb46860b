import type { EndEvent } from '@residual/trainer';
import { CommandError } from '../error.js';
import { print, printJson, warn } from '../output.js';
import type { LogPlace } from '../run/logs/places.js';
import { RunLogs } from '../run/logs/runLogs.js';
import { openRun } from '../run/settings.js';

export interface LogOptions {
  run?: string;
  json?: boolean;
}

/**
 * Writes a run's logs, of what it has recorded: where they went before, or to other places too.
 *
 * @throws CommandError `USAGE` where there is no place; `SERVER` where one didn't get all; why a file could not be written.
 */
export async function log(places: readonly LogPlace[] | undefined, { run, json }: LogOptions): Promise<void> {
  const { folder, settings } = await openRun(run);
  const warnings: string[] = [];
  let end: EndEvent | undefined;
  const logs = await RunLogs.open(folder, settings, {
    places,
    keepsOthers: true,
    warn: (message) => warnings.push(message),
    onEvent: (event) => {
      end = event.type === 'end' ? event : undefined;
    },
  });
  if (logs.places.length === 0) throw noPlace(folder.path);
  const { written, missing, failures } = await logs.finish(end?.reason ?? 'aborted');
  if (json) printJson({ type: 'log', run: folder.path, written, missing, warnings });
  else for (const line of written) print(line);
  for (const message of json ? [] : warnings) warn(message);
  if (failures.length > 0) throw failures[0];
  if (missing.length === 0) return;
  throw new CommandError('SERVER', {
    where: logs.places.map(({ kind }) => kind).join(','),
    expected: 'servers that take all points',
    received: missing.join(' '),
    fix: 'Nothing is lost: try again when the server is there.',
  });
}

function noPlace(run: string): CommandError {
  return new CommandError('USAGE', {
    where: 'log',
    expected: 'where to, such as tensorboard or csv',
    received: `nothing, and ${run} has no logs yet`,
    fix: 'Name one: residual log tensorboard',
  });
}
