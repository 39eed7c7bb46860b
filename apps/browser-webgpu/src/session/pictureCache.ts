/** The browser's cache of the pictures, which are too large to be loaded ahead. Their names change with their content. */
export const PICTURE_CACHE = 'pictures';

export function isPictureFile(address: string): boolean {
  return /\/assets\/[^/]+\.gz$/.test(new URL(address).pathname);
}

/**
 * Keeps the pictures that were just loaded for a visit without a network. On the first visit they may have come past the
 * service worker, which was not there yet.
 */
export async function keepPictures(): Promise<void> {
  if (!('caches' in globalThis)) return;
  const cache = await caches.open(PICTURE_CACHE);
  for (const { name } of performance.getEntriesByType('resource')) {
    if (!isPictureFile(name) || (await cache.match(name)) !== undefined) continue;
    const response = await fetch(name);
    // A service worker that is there by now has kept it before it answered. To write it once more would, for a while, be to
    // have it no more.
    if (response.ok && (await cache.match(name)) === undefined) await cache.put(name, response);
    else await response.body?.cancel();
  }
}
