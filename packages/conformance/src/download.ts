import { ConformanceError } from './error.js';

/** Fetches a fixture. */
export async function download(url: URL): Promise<Uint8Array> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new ConformanceError('FIXTURE', {
      where: url.href,
      expected: 'a fixture',
      received: `HTTP ${response.status}`,
      fix: "Serve the package's folder `fixtures`, or name where it is with the option `fixtures`.",
    });
  }
  return new Uint8Array(await response.arrayBuffer());
}
