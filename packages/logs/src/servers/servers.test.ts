import { expect, it } from 'vitest';
import type { LogPoint } from '../points.js';
import { MlflowServer } from './mlflow.js';
import { TrackioServer } from './trackio.js';

const points: LogPoint[] = [
  { time: 1.5, step: 5, scalars: { 'train/loss': 2, learningRate: 0.1 } },
  { time: 2.0004, step: 6, scalars: { epoch: 1 } },
];

/** Answers with what is given for the end of an address, and keeps what it was asked. */
function fake(answers: Record<string, [status: number, body: unknown]>) {
  const asked: { path: string; body: Record<string, unknown> | undefined; headers: Headers }[] = [];
  const ask: typeof fetch = async (address, init) => {
    const path = String(address).replace('http://there/base/', '');
    const body = init?.body == null ? undefined : JSON.parse(String(init.body));
    asked.push({ path, body, headers: new Headers(init?.headers) });
    const [status, answer] = answers[path] ?? [200, {}];
    return new Response(JSON.stringify(answer), { status });
  };
  return { ask, asked };
}

const BY_NAME = 'api/2.0/mlflow/experiments/get-by-name?experiment_name=my%20shoes';
const MADE = { 'api/2.0/mlflow/runs/create': [200, { run: { info: { run_id: 'r1' } } }] } as const;

it('makes a run on an MLflow server with the first points, its experiment too, and ends it', async () => {
  const { ask, asked } = fake({
    [BY_NAME]: [404, { error_code: 'RESOURCE_DOES_NOT_EXIST' }],
    'api/2.0/mlflow/experiments/create': [200, { experiment_id: '7' }],
    ...(MADE as object),
  });
  const server = new MlflowServer({
    ...{ url: 'http://there/base/', experiment: 'my shoes', run: 'first', runId: "it's-1", fetch: ask },
    parameters: { epochs: 2, 'optimizer.name': 'sgd', weights: null },
    headers: { authorization: 'Bearer key' },
  });
  await server.send(points, 0);
  await server.send(points.slice(1), 1);
  await server.close('completed', 3);
  expect(asked.map(({ path, body }) => [path.replace('api/2.0/mlflow/', ''), body])).toEqual([
    ['experiments/get-by-name?experiment_name=my%20shoes', undefined],
    ['experiments/create', { name: 'my shoes' }],
    ['runs/search', { experiment_ids: ['7'], filter: "tags.`residual.runId` = 'it_s-1'", max_results: 1 }],
    [
      'runs/create',
      {
        ...{ experiment_id: '7', run_name: 'first', start_time: 1500 },
        tags: [{ key: 'residual.runId', value: 'it_s-1' }],
      },
    ],
    [
      'runs/log-batch',
      {
        run_id: 'r1',
        params: [
          { key: 'epochs', value: '2' },
          { key: 'optimizer.name', value: 'sgd' },
          { key: 'weights', value: 'null' },
        ],
      },
    ],
    [
      'runs/log-batch',
      {
        run_id: 'r1',
        metrics: [
          { key: 'train/loss', value: 2, timestamp: 1500, step: 5 },
          { key: 'learningRate', value: 0.1, timestamp: 1500, step: 5 },
          { key: 'epoch', value: 1, timestamp: 2000, step: 6 },
        ],
      },
    ],
    ['runs/log-batch', { run_id: 'r1', metrics: [{ key: 'epoch', value: 1, timestamp: 2000, step: 6 }] }],
    ['runs/update', { run_id: 'r1', status: 'FINISHED', end_time: 3000 }],
  ]);
  expect(asked.every(({ headers }) => headers.get('authorization') === 'Bearer key')).toBe(true);
});

const EXPERIMENT = { [BY_NAME]: [200, { experiment: { experiment_id: '7' } }] } as const;
const shoes = { url: 'http://there/base', experiment: 'my shoes', run: 'first', runId: 'first-1' };

it.each([
  ['with its parameters', [{ key: 'epochs', value: '2' }], []],
  ['without, as a request was lost', undefined, [{ run_id: 'r1', params: [{ key: 'epochs', value: '2' }] }]],
])('goes on with the run that an MLflow server has %s', async (_, params, sent) => {
  const found = { runs: [{ info: { run_id: 'r1' }, data: { params } }] };
  const { ask, asked } = fake({ ...(EXPERIMENT as object), 'api/2.0/mlflow/runs/search': [200, found] });
  const server = new MlflowServer({ ...shoes, fetch: ask, parameters: { epochs: 2 } });
  await server.send(points.slice(1), 1);
  expect(asked.slice(2).map(({ body }) => body)).toEqual([
    { run_id: 'r1', status: 'RUNNING' },
    ...sent,
    { run_id: 'r1', metrics: [{ key: 'epoch', value: 1, timestamp: 2000, step: 6 }] },
  ]);
});

it('numbers points for a Trackio server, which so knows those that it has', async () => {
  const { ask, asked } = fake({});
  const server = new TrackioServer({
    ...{ url: 'http://there/base', project: 'shoes', run: 'first', runId: 'first-1', fetch: ask },
    ...{ writeToken: 'key', parameters: { epochs: 2 } },
  });
  await server.send(points, 3);
  await server.send(points.slice(1), 4);
  const run = { project: 'shoes', run: 'first', run_id: 'first-1' };
  const second = { ...run, metrics: { epoch: 1 }, step: 6, log_id: 'first-1-4' };
  expect(asked.map(({ path, body }) => [path, body])).toEqual([
    [
      'api/bulk_log',
      {
        kwargs: {
          logs: [
            { ...run, metrics: points[0]!.scalars, step: 5, log_id: 'first-1-3', config: { epochs: 2 } },
            second,
          ],
          hf_token: null,
        },
      },
    ],
    ['api/bulk_log', { kwargs: { logs: [second], hf_token: null } }],
  ]);
  expect(asked[0]!.headers.get('x-trackio-write-token')).toBe('key');
});

it.each([
  [400, 'REFUSED', 'status 400: {"error":"no"}'],
  [403, 'REFUSED', 'status 403: {"error":"no"}'],
  [429, 'UNREACHABLE', 'status 429'],
  [500, 'UNREACHABLE', 'status 500'],
])('tells a status of %i as %s', async (status, code, received) => {
  const { ask } = fake({ 'api/bulk_log': [status, { error: 'no' }] });
  const server = new TrackioServer({
    ...{ url: 'http://there/base', project: 'shoes', run: 'first', runId: 'first-1', fetch: ask },
  });
  await expect(server.send(points, 0)).rejects.toMatchObject({
    ...{ name: 'LogsError', code, where: 'http://there/base/api/bulk_log', received },
  });
});

it('says why there is no connection', async () => {
  const server = new TrackioServer({ url: 'http://127.0.0.1:1', project: 'a', run: 'b', runId: 'c' });
  await expect(server.send(points, 0)).rejects.toMatchObject({ code: 'UNREACHABLE', expected: 'an answer' });
});
