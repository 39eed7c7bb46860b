import { work } from './work.ts';

// In a page: does the job that the server has, and sends what came of it, or what went wrong.
try {
  const job = await (await fetch('/job')).json();
  await send(await work(job));
} catch (error) {
  await send({ error: String(error) });
}

function send(outcome: unknown): Promise<unknown> {
  return fetch('/outcome', { method: 'POST', body: JSON.stringify(outcome) });
}
