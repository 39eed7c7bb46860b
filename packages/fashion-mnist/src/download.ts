import { DataError } from '@residual/data';
import { type FileName, MAX_BYTES } from './source.js';

/** The file's address under `baseUrl`, which may be relative to the page and may lack the last slash. */
export function addressOf(name: FileName, baseUrl: string | URL): string {
  return `${String(baseUrl).replace(/\/$/, '')}/${name}`;
}

/**
 * Fetches one file, no more than `MAX_BYTES` of it.
 *
 * @throws DataError `NOT_FOUND` when the server does not answer or has no such file, `FORMAT` when the answer breaks
 *   off, `LIMIT` when it is too long.
 */
export async function download(name: FileName, address: string | URL): Promise<Uint8Array> {
  const response = await fetch(address).catch((cause: unknown) => {
    throw notFound(name, address, 'no answer', cause);
  });
  if (!response.ok || response.body === null) {
    await response.body?.cancel();
    throw notFound(name, address, `HTTP status ${response.status}`);
  }
  const reader = response.body.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw brokenOff(name, length, cause);
    });
    if (done) break;
    length += value.length;
    if (length > MAX_BYTES) {
      await reader.cancel();
      throw tooLong(name, address);
    }
    chunks.push(value);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

function notFound(name: FileName, address: string | URL, received: string, cause?: unknown): DataError {
  return new DataError(
    'NOT_FOUND',
    {
      where: name,
      expected: `the file at ${address}`,
      received,
      fix: 'Serve the four .gz files of @residual/fashion-mnist/files there, or correct baseUrl.',
    },
    { cause },
  );
}

function brokenOff(name: FileName, length: number, cause: unknown): DataError {
  return new DataError(
    'FORMAT',
    {
      where: name,
      expected: 'a complete download',
      received: `a connection that broke off after ${length} bytes`,
      fix: 'Try again.',
    },
    { cause },
  );
}

function tooLong(name: FileName, address: string | URL): DataError {
  return new DataError('LIMIT', {
    where: name,
    expected: `at most ${MAX_BYTES} bytes from ${address}`,
    received: 'more',
    fix: 'Check what the server offers under this name.',
  });
}
