import { LogsError } from '../error.js';
import type { LogPoint } from '../points.js';
import type { LogServer, RunEnd } from './delivery.js';
import { type Parameter, requestJson, type ServerOptions } from './request.js';

export interface MlflowOptions extends ServerOptions {
  /** Made where there is none of this name. */
  experiment: string;
  /** What the run is called. */
  run: string;
  /** The id of a run to go on with, as `onRun` gave it. */
  runId?: string;
  /** What MLflow calls the parameters of the run. */
  parameters?: Readonly<Record<string, Parameter>>;
  /** Called with the id of the run when it is made. */
  onRun?(runId: string): void;
}

const API = 'api/2.0/mlflow';
/** What one request may hold. Source: MLflow's REST API, "Log Batch". */
const [METRICS, PARAMETERS, VALUE_LENGTH] = [1000, 100, 6000];

const STATUS: Record<RunEnd, string> = { completed: 'FINISHED', aborted: 'KILLED', failed: 'FAILED' };

/**
 * A run on an MLflow server, by its REST interface. The run is made with the first points.
 *
 * Source: "MLflow REST API", https://mlflow.org/docs/latest/api_reference/rest-api.html.
 */
export class MlflowServer implements LogServer {
  readonly name: string;
  #runId: string | undefined;
  #isNew = false;
  #isOpen = false;

  constructor(private readonly options: MlflowOptions) {
    this.name = `MLflow at ${options.url}`;
    this.#runId = options.runId;
  }

  async send(points: readonly LogPoint[], _from: number, signal?: AbortSignal): Promise<void> {
    const metrics = points.flatMap(({ time, step, scalars }) =>
      Object.entries(scalars).map(([key, value]) => ({ key, value, timestamp: milliseconds(time), step })),
    );
    await this.#open(milliseconds(points[0]?.time ?? 0), signal);
    for (let at = 0; at < metrics.length; at += METRICS) {
      await this.#post(
        'runs/log-batch',
        { run_id: this.#runId, metrics: metrics.slice(at, at + METRICS) },
        signal,
      );
    }
  }

  async close(end: RunEnd, time: number, signal?: AbortSignal): Promise<void> {
    if (this.#runId === undefined) return;
    const body = { run_id: this.#runId, status: STATUS[end], end_time: milliseconds(time) };
    await this.#post('runs/update', body, signal);
  }

  async #open(time: number, signal?: AbortSignal): Promise<void> {
    if (this.#isOpen) return;
    if (this.#runId === undefined) await this.#create(time, signal);
    else if (!this.#isNew)
      await this.#post('runs/update', { run_id: this.#runId, status: 'RUNNING' }, signal);
    // MLflow refuses a parameter that has another value by now, so they are those of the beginning.
    if (this.#isNew) await this.#sendParameters(signal);
    this.#isOpen = true;
  }

  async #create(time: number, signal?: AbortSignal): Promise<void> {
    const { experiment, run, onRun } = this.options;
    const made = await this.#post<{ run: { info: { run_id: string } } }>(
      'runs/create',
      { experiment_id: await this.#experimentId(experiment, signal), run_name: run, start_time: time },
      signal,
    );
    this.#runId = made.run.info.run_id;
    this.#isNew = true;
    onRun?.(this.#runId);
  }

  async #sendParameters(signal?: AbortSignal): Promise<void> {
    const params = Object.entries(this.options.parameters ?? {}).map(([key, value]) => ({
      key,
      value: String(value).slice(0, VALUE_LENGTH),
    }));
    for (let at = 0; at < params.length; at += PARAMETERS) {
      const body = { run_id: this.#runId, params: params.slice(at, at + PARAMETERS) };
      await this.#post('runs/log-batch', body, signal);
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
