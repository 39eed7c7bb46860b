import { effect, signal } from '@preact/signals';
import type { Settings } from '../session/session.js';
import { queryFromSettings, recipeSettings, settingsFromQuery } from './address.js';

/** What the form shows and the page's address says; the next run's. */
export const settings = signal<Settings>(settingsFromQuery(location.search));

/** Changes some settings. Another recipe brings its own values with it. */
export function change(changes: Partial<Settings>): void {
  const { data, backend, threads, limit } = settings.value;
  const base = changes.recipe
    ? { ...recipeSettings(changes.recipe), data, backend, threads, limit }
    : settings.value;
  settings.value = { ...base, ...changes };
}

/** The address that brings these settings to somebody else. */
export function shareAddress(): string {
  return new URL(queryFromSettings(settings.value), location.href).href;
}

let isFirst = true;
effect(() => {
  const query = queryFromSettings(settings.value);
  // An address without settings stays as it is until something is changed.
  if (!isFirst) history.replaceState(null, '', query + location.hash);
  isFirst = false;
});
