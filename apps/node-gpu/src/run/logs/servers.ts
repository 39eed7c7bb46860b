import { basename, resolve } from 'node:path';
import { type LogServer, MlflowServer, type Parameter, TrackioServer } from '@residual/logs';
import type { RunFolder } from '../folder.js';
import type { RunSettings } from '../settings.js';
import type { ServerPlace } from './places.js';

/** What a run is called on a server. */
export interface RunOnServer {
  folder: RunFolder;
  settings: RunSettings;
  /** Of its first event. */
  startedAt: string;
}

/** A run on the server of a place; names and keys may be set by the variables that the server's own client reads. */
export function serverOf(
  { kind, url, access = {} }: ServerPlace,
  { folder, settings, startedAt }: RunOnServer,
  environment: NodeJS.ProcessEnv = process.env,
): LogServer {
  const run = basename(resolve(folder.path));
  const data = settings.task.data.name;
  const runId = `${run}-${startedAt}`;
  const parameters = parametersOf(settings);
  if (kind === 'trackio') {
    const writeToken = access.token ?? environment.TRACKIO_WRITE_TOKEN;
    const project = environment.TRACKIO_PROJECT ?? data;
    return new TrackioServer({ url, project, run, runId, writeToken, parameters });
  }
  const experiment = environment.MLFLOW_EXPERIMENT_NAME ?? data;
  const headers = mlflowHeaders(access, environment);
  return new MlflowServer({ url, experiment, run, runId, parameters, headers });
}

function mlflowHeaders(access: NonNullable<ServerPlace['access']>, environment: NodeJS.ProcessEnv) {
  const user = access.user ?? environment.MLFLOW_TRACKING_USERNAME;
  const password = access.password ?? environment.MLFLOW_TRACKING_PASSWORD;
  const token = environment.MLFLOW_TRACKING_TOKEN;
  if (user !== undefined) {
    return { authorization: `Basic ${Buffer.from(`${user}:${password ?? ''}`).toString('base64')}` };
  }
  return token === undefined ? undefined : { authorization: `Bearer ${token}` };
}

/** What decides the run, a name each: `optimizer.name`, `epochs`. Lists are JSON. */
function parametersOf({ task, training, environment }: RunSettings): Record<string, Parameter> {
  return { data: task.data.name, ...flat(training), backend: environment.backend.name };
}

function flat(value: object, before = ''): Record<string, Parameter> {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, field]: [string, unknown]): [string, Parameter][] => {
      const name = `${before}${key}`;
      if (Array.isArray(field)) return [[name, JSON.stringify(field)]];
      if (typeof field === 'object' && field !== null) return Object.entries(flat(field, `${name}.`));
      return [[name, field as Parameter]];
    }),
  );
}
