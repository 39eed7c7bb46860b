import { notify } from '../notices/notices.js';
import { isOpen } from '../run/run.js';

/** Set while a tab has been reloaded for the sake of the worker's headers: once must do. */
const RELOADED = 'reloaded-for-isolation';

/**
 * Registers the service worker, which makes the page work offline and gives it the headers that threads need. Where the
 * server doesn't send those, the page is loaded once more, as the worker then does.
 */
export async function registerServiceWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return;
  const mayReload = !globalThis.crossOriginIsolated && sessionStorage.getItem(RELOADED) === null;
  if (mayReload) navigator.serviceWorker.addEventListener('controllerchange', reloadOnce, { once: true });
  try {
    await navigator.serviceWorker.register('./serviceWorker.js');
  } catch {
    return; // a browser that keeps nothing: the page works without
  }
  if (mayReload && navigator.serviceWorker.controller !== null) reloadOnce();
}

function reloadOnce(): void {
  sessionStorage.setItem(RELOADED, 'yes');
  if (!isOpen.peek()) location.reload();
  else
    notify({
      name: 'isolation',
      tone: 'note',
      title: 'More threads after a reload',
      text: 'This run uses one thread. Pause it and reload the page to go on with all of them.',
    });
}
