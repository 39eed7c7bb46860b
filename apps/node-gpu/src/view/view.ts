import type { LoggedEvent } from '../run/eventLog.js';

/** Shows a run's events as they come. */
export interface RunView {
  show(event: LoggedEvent): void;
  /** Takes away what was only for the moment. */
  close(): void;
}
