import { LogsError } from '../error.js';
import type { LogPoint } from '../points.js';
import type { LogServer, RunEnd } from './delivery.js';
import { type Parameter, requestJson, type ServerOptions } from './request.js';

export interface MlflowOptions extends ServerOptions {
  /** Made where there is none of this name. */
  experiment: string;
  /** What the run is called. */
  run: string;
  /** By which a run that goes on is known, as a tag: the same each time. */
  runId: string;
  /** What MLflow calls the parameters of the run. */
  parameters?: Readonly<Record<string, Parameter>>;
}

const API = 'api/2.0/mlflow';
/** What one request may hold. Source: MLflow's REST API, "Log Batch". */
const [METRICS, PARAMETERS, VALUE_LENGTH] = [1000, 100, 6000];

/** The tag by which a run is known again. */
const TAG = 'residual.runId';

const STATUS: Record<RunEnd, string> = { completed: 'FINISHED', aborted: 'KILLED', failed: 'FAILED' };

interface FoundRun {
  info: { run_id: string };
  data: { params?: unknown[] };
}

/**
 * A run on an MLflow server, by its REST interface. The run is made with the first points.
 *
 * Source: "MLflow REST API", https://mlflow.org/docs/latest/api_reference/rest-api.html.
 */
export class MlflowServer implements LogServer {
  readonly name: string;
  /** MLflow's own name of the run. */
  #id: string | undefined;

  constructor(private readonly options: MlflowOptions) {
    this.name = `MLflow at ${options.url}`;
  }

  async send(points: readonly LogPoint[], _from: number, signal?: AbortSignal): Promise<void> {
    const metrics = points.flatMap(({ time, step, scalars }) =>
      Object.entries(scalars).map(([key, value]) => ({ key, value, timestamp: milliseconds(time), step })),
    );
    await this.#open(milliseconds(points[0]?.time ?? 0), signal);
    for (let at = 0; at < metrics.length; at += METRICS) {
      await this.#post(
        'runs/log-batch',
        { run_id: this.#id, metrics: metrics.slice(at, at + METRICS) },
        signal,
      );
    }
  }

  async close(end: RunEnd, time: number, signal?: AbortSignal): Promise<void> {
    if (this.#id === undefined) return;
    const body = { run_id: this.#id, status: STATUS[end], end_time: milliseconds(time) };
    await this.#post('runs/update', body, signal);
  }

  /** Finds the run, which an earlier request may have made whose answer did not arrive, or makes it. */
  async #open(time: number, signal?: AbortSignal): Promise<void> {
    if (this.#id !== undefined) return;
    const experiment = await this.#experimentId(this.options.experiment, signal);
    const found = await this.#find(experiment, signal);
    if (found !== undefined) {
      await this.#post('runs/update', { run_id: found.info.run_id, status: 'RUNNING' }, signal);
    }
    const id = found?.info.run_id ?? (await this.#create(experiment, time, signal));
    // MLflow refuses a parameter that has another value by now, so they are those of the beginning.
    if ((found?.data.params ?? []).length === 0) await this.#sendParameters(id, signal);
    this.#id = id;
  }

  async #find(experiment: string, signal?: AbortSignal): Promise<FoundRun | undefined> {
    const filter = `tags.\`${TAG}\` = '${this.#tag}'`;
    const body = { experiment_ids: [experiment], filter, max_results: 1 };
    const { runs = [] } = await this.#post<{ runs?: FoundRun[] }>('runs/search', body, signal);
    return runs[0];
  }

  async #create(experiment: string, time: number, signal?: AbortSignal): Promise<string> {
    const body = {
      experiment_id: experiment,
      run_name: this.options.run,
      start_time: time,
      tags: [{ key: TAG, value: this.#tag }],
    };
    const made = await this.#post<{ run: FoundRun }>('runs/create', body, signal);
    return made.run.info.run_id;
  }

  /** Without what would end it in a filter. */
  get #tag(): string {
    return this.options.runId.replaceAll(/['"`\\]/g, '_');
  }

  async #sendParameters(id: string, signal?: AbortSignal): Promise<void> {
    const params = Object.entries(this.options.parameters ?? {}).map(([key, value]) => ({
      key,
      value: String(value).slice(0, VALUE_LENGTH),
    }));
    for (let at = 0; at < params.length; at += PARAMETERS) {
      await this.#post('runs/log-batch', { run_id: id, params: params.slice(at, at + PARAMETERS) }, signal);
    }
  }

  async #experimentId(name: string, signal?: AbortSignal): Promise<string> {
    try {
      const path = `${API}/experiments/get-by-name?experiment_name=${encodeURIComponent(name)}`;
      const found = await requestJson<{ experiment: { experiment_id: string } }>(this.options, path, {
        method: 'GET',
        signal,
      });
      return found.experiment.experiment_id;
    } catch (error) {
      const isMissing = error instanceof LogsError && error.received.includes('RESOURCE_DOES_NOT_EXIST');
      if (!isMissing) throw error;
    }
    const made = await this.#post<{ experiment_id: string }>('experiments/create', { name }, signal);
    return made.experiment_id;
  }

  #post<Answer>(path: string, body: object, signal?: AbortSignal): Promise<Answer> {
    return requestJson<Answer>(this.options, `${API}/${path}`, { body, signal });
  }
}

function milliseconds(seconds: number): number {
  return Math.round(1000 * seconds);
}
