import type { LogPoint } from '../points.js';
import type { LogServer } from './delivery.js';
import { type Parameter, requestJson, type ServerOptions } from './request.js';

export interface TrackioOptions extends ServerOptions {
  project: string;
  /** What the run is called. */
  run: string;
  /** By which a run that goes on is known: the same each time. */
  runId: string;
  /** Without it only a server on the same machine may take what it is sent. */
  writeToken?: string;
  /** What Trackio shows as the run's configuration. */
  parameters?: Readonly<Record<string, Parameter>>;
}

/**
 * A run on a Trackio server, by its REST interface. A point that was sent before is known by its number, and passed over there.
 *
 * Source: trackio 0.43, `bulk_log` in server.py and `write_token` in remote_client.py.
 */
export class TrackioServer implements LogServer {
  readonly name: string;
  readonly #options: TrackioOptions;
  #hasParameters = false;

  constructor(options: TrackioOptions) {
    this.name = `Trackio at ${options.url}`;
    const { headers, writeToken } = options;
    this.#options = {
      ...options,
      headers: { ...headers, ...(writeToken !== undefined && { 'x-trackio-write-token': writeToken }) },
    };
  }

  async send(points: readonly LogPoint[], from: number, signal?: AbortSignal): Promise<void> {
    const { project, run, runId, parameters } = this.#options;
    const logs = points.map(({ step, scalars }, i) => ({
      project,
      run,
      run_id: runId,
      metrics: scalars,
      step,
      log_id: `${runId}-${from + i}`,
      ...(i === 0 && !this.#hasParameters && { config: parameters }),
    }));
    await requestJson(this.#options, 'api/bulk_log', { body: { kwargs: { logs, hf_token: null } }, signal });
    this.#hasParameters = true;
  }
}
