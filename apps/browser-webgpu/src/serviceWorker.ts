import { matchPrecache, type PrecacheEntry, precache } from 'workbox-precaching';
import { isPictureFile, PICTURE_CACHE } from './session/pictureCache.js';

/** The little of a service worker's scope that is used here; TypeScript's library for it contradicts the page's. */
interface ServiceWorkerScope extends EventTarget {
  __WB_MANIFEST: (PrecacheEntry | string)[];
  location: Location;
  clients: { claim(): Promise<void> };
}

interface LifeEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface FetchEvent extends Event {
  request: Request;
  respondWith(response: Promise<Response>): void;
}

declare const self: ServiceWorkerScope;

// The page itself: kept at the first visit, so that it opens offline afterwards.
precache(self.__WB_MANIFEST);

self.addEventListener('activate', (event) => {
  // The page that installed this worker gets it at once.
  (event as LifeEvent).waitUntil(self.clients.claim());
});

self.addEventListener('fetch', (event) => {
  const { request } = event as FetchEvent;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  (event as FetchEvent).respondWith(answer(request).then(isolated));
});

async function answer(request: Request): Promise<Response> {
  const { origin, pathname } = new URL(request.url);
  const path = pathname.endsWith('/') ? `${pathname}index.html` : pathname;
  const kept = await matchPrecache(origin + path); // without the query, which holds settings
  if (kept !== undefined) return kept;
  return isPictureFile(request.url) ? keptPictures(request) : fetch(request);
}

async function keptPictures(request: Request): Promise<Response> {
  const cache = await caches.open(PICTURE_CACHE);
  const kept = await cache.match(request);
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  // Without room for it the page still works online.
  if (response.ok) await cache.put(request, response.clone()).catch(() => {});
  return response;
}

/** Threads need these two headers, and many static hosts can't send them. */
function isolated(response: Response): Response {
  if (response.status === 0) return response; // opaque: can't be changed
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  const { status, statusText } = response;
  return new Response(response.body, { status, statusText, headers });
}
