import type { Command } from 'commander';
import { CommandError } from '../../error.js';

/** Where logs of a run go. */
export type LogPlace = FilePlace | ServerPlace;

interface FilePlace {
  kind: 'tensorboard' | 'csv';
}

export interface ServerPlace {
  kind: 'mlflow' | 'trackio';
  /** Without what lets one in. */
  url: string;
  /** What the address said of that; never written down. */
  access?: { user?: string; password?: string; token?: string };
}

/** What may be said, for help texts. */
export const LOG_PLACES = 'tensorboard, csv, mlflow=URL, trackio=URL, with commas between them';

/** The variables by which the servers' own clients find them. */
const VARIABLES: Record<ServerPlace['kind'], string> = {
  mlflow: 'MLFLOW_TRACKING_URI',
  trackio: 'TRACKIO_SERVER_URL',
};
const EXAMPLES: Record<ServerPlace['kind'], string> = {
  mlflow: 'mlflow=http://localhost:5000',
  trackio: 'trackio=http://localhost:7860',
};

export function addLogOption(command: Command): Command {
  return command.option(
    '--log <where>',
    `logs that others read: ${LOG_PLACES}; none: not those that a resumed run has; default: none`,
    logPlaces('--log'),
  );
}

/**
 * Reads what `--log` says: `tensorboard`, `csv`, `mlflow=URL`, `trackio=URL` with commas between them, or `none`. Servers without a URL are those
 * that their own clients would take.
 *
 * @param option that says it, for errors
 */
export function logPlaces(option: string, environment: NodeJS.ProcessEnv = process.env) {
  return (text: string): LogPlace[] =>
    text === 'none' ? [] : text.split(',').map((word) => placeOf(word, option, environment));
}

function placeOf(word: string, option: string, environment: NodeJS.ProcessEnv): LogPlace {
  const [name = '', ...rest] = word.trim().split('=');
  const kind = name.toLowerCase();
  const url = rest.join('=');
  if ((kind === 'tensorboard' || kind === 'csv') && rest.length === 0) return { kind };
  if (kind === 'mlflow' || kind === 'trackio') {
    return serverOf(kind, url || environment[VARIABLES[kind]], option);
  }
  throw new CommandError('USAGE', {
    where: option,
    expected: `${LOG_PLACES}, or none`,
    received: word === '' ? 'nothing' : word,
    fix: 'Correct it, or leave the option out.',
  });
}

function serverOf(kind: ServerPlace['kind'], address: string | undefined, option: string): ServerPlace {
  const url = address !== undefined && URL.canParse(address) ? new URL(address) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw new CommandError('USAGE', {
      where: `${option} ${kind}`,
      expected: `the server's address, which begins with http:// or https://`,
      received: address ?? 'none',
      fix: `Write it like ${EXAMPLES[kind]}, or set ${VARIABLES[kind]}.`,
    });
  }
  const access = {
    ...(url.username !== '' && {
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
    }),
    ...(url.searchParams.has('write_token') && { token: url.searchParams.get('write_token')! }),
  };
  const place = { kind, url: `${url.origin}${url.pathname.replace(/\/+$/, '')}` };
  return Object.keys(access).length === 0 ? place : { ...place, access };
}
