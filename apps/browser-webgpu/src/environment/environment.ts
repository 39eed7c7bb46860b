import { effect } from '@preact/signals';
import { dismiss, notify } from '../notices/notices.js';
import { isBusy } from '../run/run.js';
import { registerServiceWorker } from './offline.js';

/** Milliseconds in which the service worker may yet bring threads, by loading the page again. */
const GRACE = 3000;

/** Notices that come and go with what the browser does. */
export function watchEnvironment(): void {
  void registerServiceWorker();
  if (!globalThis.crossOriginIsolated) setTimeout(tellOfOneThread, GRACE);
  document.addEventListener('visibilitychange', () => {
    // Shown on coming back: nobody reads a hidden tab.
    if (!document.hidden || !isBusy.value) return;
    notify({
      name: 'hidden',
      tone: 'note',
      title: 'This tab was hidden',
      text: 'Browsers slow hidden tabs down, and may pause them: the run goes on, perhaps slowly. It is saved as it goes.',
    });
  });
  effect(() => {
    if (!isBusy.value) dismiss('hidden');
  });
}

function tellOfOneThread(): void {
  notify({
    name: 'isolation',
    tone: 'warning',
    title: 'One thread only',
    text:
      'This page is not cross-origin isolated, so the processor computes with one thread. Serve it over https or from ' +
      'localhost, where its service worker sees to that, or with the headers Cross-Origin-Opener-Policy: same-origin ' +
      'and Cross-Origin-Embedder-Policy: require-corp.',
  });
}
