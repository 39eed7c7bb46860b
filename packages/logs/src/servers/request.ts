import { LogsError } from '../error.js';

/** A value that a server shows of a run beside its numbers. */
export type Parameter = string | number | boolean | null;

/** Where and how a server is reached. */
export interface ServerOptions {
  /** Of the server, without the paths of its interface. */
  url: string;
  /** What the server asks for to let one in. */
  headers?: Readonly<Record<string, string>>;
  /** Default: the platform's. */
  fetch?: typeof fetch;
}

export interface Request {
  /** Sent as JSON. */
  body?: object;
  method?: 'GET' | 'POST';
  signal?: AbortSignal;
}

/**
 * Asks a server, and reads its answer as JSON.
 *
 * @param path relative to the server's own, which may have one: `https://example.org/mlflow`
 * @throws LogsError `UNREACHABLE` when trying again may help, `REFUSED` when it doesn't.
 */
export async function requestJson<Answer>(
  { url, headers, fetch: ask = fetch }: ServerOptions,
  path: string,
  { body, method = 'POST', signal }: Request,
): Promise<Answer> {
  const address = `${url.replace(/\/+$/, '')}/${path}`;
  let status: number;
  let text: string;
  try {
    const response = await ask(address, {
      method,
      headers: { 'content-type': 'application/json', ...headers },
      body: body && JSON.stringify(body),
      signal,
    });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    throw unreachable(address, reasonOf(cause), cause);
  }
  if (status >= 500 || [408, 425, 429].includes(status)) throw unreachable(address, `status ${status}`);
  if (status >= 400) throw refused(address, `status ${status}: ${shortened(text)}`);
  try {
    return JSON.parse(text) as Answer;
  } catch (cause) {
    throw refused(address, `no JSON: ${shortened(text)}`, cause);
  }
}

function unreachable(where: string, received: string, cause?: unknown): LogsError {
  const problem = { where, expected: 'an answer', received, fix: 'Start the server, or check its address.' };
  return new LogsError('UNREACHABLE', problem, { cause });
}

function refused(where: string, received: string, cause?: unknown): LogsError {
  const fix = 'Check the address, and what the server asks for to let you in.';
  return new LogsError('REFUSED', { where, expected: 'that it takes them', received, fix }, { cause });
}

/** `fetch failed` says nothing: what its cause says does. */
function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error;
  if (name === 'TimeoutError' || name === 'AbortError') return 'none in time';
  const { code, message: why } = (cause ?? {}) as { code?: string; message?: string };
  return code ?? why ?? message;
}

const LONGEST = 200;

function shortened(text: string): string {
  const line = text.trim().replaceAll(/\s+/g, ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
