import { proxy, type Remote, wrap } from 'comlink';
import type { OnEvent, Session } from './session.js';

const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });

/** The session in the worker. A function that is passed to it, such as `onEvent`, goes through `listener`. */
export const session: Remote<Session> = wrap<Session>(worker);

export function listener(onEvent: OnEvent): OnEvent {
  return proxy(onEvent);
}
