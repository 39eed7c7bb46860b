import { expect, it } from 'vitest';
import { logPlaces } from './places.js';

const read = (text: string, environment: NodeJS.ProcessEnv = {}) => logPlaces('--log', environment)(text);

it('reads where logs go', () => {
  expect(read('tensorboard,csv, MLflow=http://localhost:5000/')).toEqual([
    { kind: 'tensorboard' },
    { kind: 'csv' },
    { kind: 'mlflow', url: 'http://localhost:5000' },
  ]);
  expect(read('none')).toEqual([]);
});

it('takes the address that the own client of a server would', () => {
  const environment = {
    MLFLOW_TRACKING_URI: 'https://example.org/flow',
    TRACKIO_SERVER_URL: 'http://a:7860',
  };
  expect(read('mlflow,trackio', environment)).toEqual([
    { kind: 'mlflow', url: 'https://example.org/flow' },
    { kind: 'trackio', url: 'http://a:7860' },
  ]);
});

it('keeps what lets one in apart from the address', () => {
  const places = read('mlflow=https://me:p%40ss@example.org,trackio=http://a:7860/?write_token=k=y');
  expect(places).toEqual([
    { kind: 'mlflow', url: 'https://example.org', access: { user: 'me', password: 'p@ss' } },
    { kind: 'trackio', url: 'http://a:7860', access: { token: 'k=y' } },
  ]);
});

it.each([
  [
    'wandb',
    '--log: expected tensorboard, csv, mlflow=URL, trackio=URL, with commas between them, or none, received wandb.',
  ],
  ['csv,', 'received nothing.'],
  ['csv=here', 'received csv=here.'],
  ['none,csv', 'received none.'],
  [
    'mlflow',
    "--log mlflow: expected the server's address, which begins with http:// or https://, received none. Write it like mlflow=http://localhost:5000, or set MLFLOW_TRACKING_URI.",
  ],
  ['trackio=localhost:7860', 'received localhost:7860. Write it like trackio=http://localhost:7860'],
  ['mlflow=file:///tmp/runs', 'received file:///tmp/runs.'],
])('refuses %s', (text, message) => {
  expect(() => read(text)).toThrow(message);
});
