import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, truncateSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  encodePicture,
  encodePoint,
  encodeStart,
  historyCsv,
  type LogPoint,
  LogPoints,
} from '@residual/logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { residual } from './residual.js';
import { eventsOf, folder, interruptAfter, resultOf, TINY, whole } from './tinyRun.js';

// Logs that others read. Their bytes are compared with TensorBoard's own writer's in packages/logs; real servers are tried by tooling/logs.

/** What servers are sent: of MLflow's interface, or of Trackio's. */
interface Sent {
  run_id?: string;
  status?: string;
  metrics?: { key: string; value: number; step: number }[];
  params?: { key: string; value: string }[];
  kwargs?: { logs: { log_id: string }[] };
}

describe('logs', () => {
  const requests: { path: string; body: Sent }[] = [];
  let server: Server;
  let url: string;
  /** Nobody listens there. */
  let down: string;

  beforeAll(async () => {
    server = createServer(async (request, response) => {
      const text = (await request.toArray()).map(String).join('');
      requests.push({ path: request.url!, body: text === '' ? {} : JSON.parse(text) });
      const run = { info: { run_id: 'run1' }, data: { params: [{}] } };
      const isMade = requests.some(({ path }) => path.endsWith('runs/create'));
      response.end(JSON.stringify({ experiment: { experiment_id: '1' }, run, runs: isMade ? [run] : [] }));
    }).listen(0, '127.0.0.1');
    url = await addressOf(server);
    const gone = createServer().listen(0, '127.0.0.1');
    down = await addressOf(gone);
    gone.close();
  });
  afterAll(() => server.close());

  const stopped = join(folder.path, 'logged');

  it('go on with a run that was stopped, without a doubled step, and change none of its bits', async () => {
    const log = `tensorboard,csv,mlflow=${url},trackio=${url}?write_token=key`;
    const first = await interruptAfter(
      [...TINY, '--out', stopped, '--log', log],
      { type: 'step', count: 2 },
      ({ child }) => child.kill('SIGKILL'),
    );
    expect(first.signal).toBe('SIGKILL');
    // Half a record, as a killed process leaves it.
    const file = join(stopped, eventFileOf(stopped));
    truncateSync(file, readFileSync(file).length - 7);
    const { code, stderr } = await residual(['train', '--resume', stopped], {
      env: { TRACKIO_WRITE_TOKEN: 'key' },
    });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(resultOf(stopped)).toEqual(resultOf(whole));
    expect(readFileSync(file)).toEqual(eventFileFor(stopped));
    const history = JSON.parse(resultOf(stopped).history);
    expect(readFileSync(join(stopped, 'history.csv'), 'utf8')).toBe(historyCsv(history));
    const steps = pointsOf(stopped).flatMap(({ step, scalars }) => ('train/loss' in scalars ? step : []));
    expect(steps).toEqual([...new Set(steps)]);
    expect(steps.at(-1)).toBe(12);
  });

  it('reach servers once, with the parameters of the run', () => {
    const points = pointsOf(stopped);
    const metrics = requests.flatMap(({ body }) => body.metrics ?? []);
    const told = metrics.map(({ key, value, step }) => [key, value, step]);
    const unique = new Set(told.map((one) => JSON.stringify(one)));
    const expected = points.flatMap(({ step, scalars }) =>
      Object.entries(scalars).map(([key, value]) => [key, value, step]),
    );
    // What was on its way when the process was killed may come again: the same, to the millisecond, which servers know.
    expect([...unique]).toEqual(expected.map((one) => JSON.stringify(one)));
    const params = requests.flatMap(({ body }) => body.params ?? []);
    expect(params).toContainEqual({ key: 'epochs', value: '2' });
    expect(params).toContainEqual({ key: 'optimizer.name', value: 'sgd' });
    expect(requests.filter(({ path }) => path.endsWith('runs/create'))).toHaveLength(1);
    expect(requests.at(-1)!.body).toMatchObject({ run_id: 'run1', status: 'FINISHED' });
    const logs = requests.flatMap(({ body }) => body.kwargs?.logs ?? []);
    expect([...new Set(logs.map(({ log_id }) => log_id))]).toHaveLength(points.length);
    expect(readFileSync(join(stopped, 'logs.json'), 'utf8')).not.toContain('key');
  });

  it('show the mistakes on validation as a picture', () => {
    const [mistakes] = recordOf(stopped).filter(({ type }) => type === 'mistakes');
    expect(mistakes).toMatchObject({ part: 'validation', file: 'mistakes.png' });
    expect(readFileSync(join(stopped, 'mistakes.png')).subarray(1, 4).toString()).toBe('PNG');
  });

  it('never stop a run: a server that is down is told of, and gets all later', async () => {
    const out = join(folder.path, 'down');
    const { code, stderr } = await residual(['train', ...TINY, '--out', out, '--log', `mlflow=${down}`]);
    expect(code).toBe(0);
    expect(resultOf(out)).toEqual(resultOf(whole));
    expect(stderr.match(/tried again while the run goes on/g)).toHaveLength(1);
    expect(stderr).toContain(
      `${pointsOf(out).length} of ${pointsOf(out).length} points did not reach MLflow at ${down}: ${down}/`,
    );
    expect(stderr).toContain(
      `expected an answer, received ECONNREFUSED. Start the server, or check its address. They are in events.jsonl; to send them: residual log --run ${out}\n`,
    );
    const again = await residual(['log', '--run', out]);
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('Nothing is lost') });
    requests.length = 0;
    const later = await residual(['log', `mlflow=${url},tensorboard,csv`, '--run', out]);
    expect(later).toMatchObject({ code: 0, stderr: '' });
    expect(later.stdout).toContain(`MLflow at ${url}: ${pointsOf(out).length} points\n`);
    expect(readFileSync(join(out, eventFileOf(out)))).toEqual(eventFileFor(out));
    const sent = requests.length;
    expect(await residual(['log', `mlflow=${url}`, '--run', out])).toMatchObject({ code: 0 });
    expect(requests.slice(sent).flatMap(({ body }) => body.metrics ?? [])).toEqual([]);
  });

  it('are asked for where there are none', async () => {
    const { code, stderr } = await residual(['log', '--run', whole]);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `error: log: expected where to, such as tensorboard or csv, received nothing, and ${whole} has no logs yet. Name one: residual log tensorboard\n`,
    });
    expect(existsSync(join(whole, 'logs.json'))).toBe(false);
  });
});

async function addressOf(server: Server): Promise<string> {
  if (!server.listening) await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function recordOf(run: string) {
  return eventsOf(readFileSync(join(run, 'events.jsonl'), 'utf8'));
}

/** The points of all that a run has recorded. */
function pointsOf(run: string): LogPoint[] {
  const points = new LogPoints();
  return recordOf(run).flatMap((event) => points.take(event, Date.parse(event.time) / 1000) ?? []);
}

function eventFileOf(run: string): string {
  return readdirSync(run).find((name) => name.includes('tfevents'))!;
}

function eventFileFor(run: string): Buffer {
  const start = encodeStart(Date.parse(recordOf(run)[0]!.time) / 1000);
  const png = (file: string) => readFileSync(join(run, file));
  const points = pointsOf(run).map((point) =>
    point.picture ? encodePicture(point, point.picture.name, png(point.picture.file)) : encodePoint(point),
  );
  return Buffer.concat([start, ...points]);
}
