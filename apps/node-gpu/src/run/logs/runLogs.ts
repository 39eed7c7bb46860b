import { existsSync, readFileSync } from 'node:fs';
import { Delivery, eventFileName, historyCsv, type LogPoint, LogPoints, type RunEnd } from '@residual/logs';
import type { History } from '@residual/trainer';
import { shellQuote } from '../../output.js';
import { type LoggedEvent, readEvents } from '../eventLog.js';
import type { RunFolder } from '../folder.js';
import type { RunSettings } from '../settings.js';
import { EventFile } from './eventFile.js';
import { isSamePlace, type KeptLog, readKeptLogs, writeKeptLogs } from './keptLogs.js';
import type { LogPlace, ServerPlace } from './places.js';
import { serverOf } from './servers.js';

export interface LogsOptions {
  /** Where they go; default: where they went before. */
  places?: readonly LogPlace[];
  /** Whether the run goes on to log to other places than these, too. */
  keepsOthers?: boolean;
  warn(message: string): void;
  /** Called with each event that the run has recorded so far. */
  onEvent?(event: LoggedEvent): void;
}

const HISTORY = 'history.csv';

/** What became of logs: lines for people of what there is, and of what is missing. */
export interface LogsEnd {
  written: string[];
  missing: string[];
  /** Why a file could not be written, of each. */
  failures: unknown[];
}

/**
 * The logs of a run, made of its `events.jsonl`: of what that has already, then of each event that comes. Nothing that goes wrong here
 * is more than a warning.
 */
export class RunLogs {
  readonly #points = new LogPoints();
  readonly #deliveries: Delivery[] = [];
  #eventFile: EventFile | undefined;
  #startedAt: string | undefined;
  #lastTime = 0;
  #kept: KeptLog[];
  #keeping: Promise<void> = Promise.resolve();
  #hasHistory = false;
  readonly #failures = new Map<string, unknown>();

  private constructor(
    private readonly folder: RunFolder,
    private readonly settings: RunSettings,
    readonly places: readonly LogPlace[],
    kept: readonly KeptLog[],
    private readonly warn: (message: string) => void,
  ) {
    this.#kept = [...kept];
  }

  /** Brings the logs up to the run's record so far. Before the record's next event is written. */
  static async open(folder: RunFolder, settings: RunSettings, options: LogsOptions): Promise<RunLogs> {
    const { places, keepsOthers = false, warn, onEvent } = options;
    const before = await readKeptLogs(folder, warn);
    const chosen = places ?? before.map((log) => log as LogPlace);
    const others = keepsOthers
      ? before.filter((log) => !chosen.some((place) => isSamePlace(place, log)))
      : [];
    const kept = chosen.map(
      (place) =>
        before.find((log) => isSamePlace(place, log)) ?? {
          kind: place.kind,
          ...('url' in place && { url: place.url }),
        },
    );
    const logs = new RunLogs(folder, settings, chosen, [...others, ...kept], warn);
    if (logs.#kept.length > 0 || before.length > 0) await logs.#keep();
    for (const event of readEvents(folder.events)) {
      logs.take(event);
      onEvent?.(event);
    }
    logs.keepHistory(await folder.readHistory());
    return logs;
  }

  has(kind: LogPlace['kind']): boolean {
    return this.places.some((place) => place.kind === kind);
  }

  /** The next event, as it stands in the record. */
  take(event: LoggedEvent): void {
    if (this.places.length === 0) return;
    if (this.#startedAt === undefined) this.#begin(event.time);
    this.#lastTime = seconds(event.time);
    const point = this.#points.take(event, this.#lastTime);
    if (point === undefined) return;
    this.#write(point);
    for (const delivery of this.#deliveries) delivery.add(point);
  }

  /** The epochs so far, for the table. */
  keepHistory(history: History): void {
    if (!this.has('csv') || history.length === 0) return;
    this.#hasHistory = true;
    this.#keeping = this.#keeping
      .then(() => this.folder.writeText(HISTORY, historyCsv(history)))
      .catch((error: Error) => {
        this.#failures.set(this.folder.file(HISTORY), error);
        this.warn(`${HISTORY}: ${error.message}`);
      });
  }

  /** Waits, not for long, until what servers lack is sent. */
  async finish(end: RunEnd): Promise<LogsEnd> {
    const ends = await Promise.all(
      this.#deliveries.map(async (delivery) => {
        const result = await delivery.finish(end, this.#lastTime);
        return { name: delivery.server.name, ...result };
      }),
    );
    await this.#keeping;
    const files = [
      ...(this.#eventFile ? [this.#eventFile.path] : []),
      ...(this.#hasHistory ? [this.folder.file(HISTORY)] : []),
    ];
    return {
      failures: [...this.#failures.values()],
      written: [
        ...files.filter((path) => !this.#failures.has(path)),
        ...ends.map(({ name, delivered }) => `${name}: ${delivered} points`),
      ],
      missing: ends
        .filter(({ missing }) => missing > 0)
        .map(
          ({ name, delivered, missing, reason }) =>
            `${missing} of ${delivered + missing} points did not reach ${name}${reason ? `: ${reason}` : '.'} ` +
            `They are in events.jsonl; to send them: residual log --run ${shellQuote(this.folder.path)}`,
        ),
    };
  }

  #begin(time: string): void {
    this.#startedAt = time;
    if (this.has('tensorboard')) {
      const path = this.folder.file(eventFileName(seconds(time)));
      this.#guarded(path, () => {
        this.#eventFile = new EventFile(path, seconds(time));
      });
    }
    for (const place of this.places) {
      if (place.kind !== 'mlflow' && place.kind !== 'trackio') continue;
      const { delivered: from } = this.#kept.find((log) => isSamePlace(log, place)) ?? {};
      const server = serverOf(place, {
        folder: this.folder,
        settings: this.settings,
        startedAt: time,
      });
      const onDelivered = (delivered: number) => this.#note(place, { delivered });
      this.#deliveries.push(new Delivery(server, { from, onWarning: this.warn, onDelivered }));
    }
  }

  #write(point: LogPoint): void {
    const file = this.#eventFile;
    if (file === undefined) return;
    const wrote = this.#guarded(file.path, () => file.add(point, (name) => this.#readPicture(name)));
    if (!wrote) this.#eventFile = undefined;
  }

  /** Whether it went well. */
  #guarded(path: string, work: () => void): boolean {
    try {
      work();
      return true;
    } catch (error) {
      this.#failures.set(path, error);
      this.warn(`${path} is written no more: ${(error as Error).message}`);
      return false;
    }
  }

  #readPicture(name: string): Uint8Array | undefined {
    const path = this.folder.file(name);
    return existsSync(path) ? readFileSync(path) : undefined;
  }

  #note(place: ServerPlace, news: Partial<KeptLog>): void {
    this.#kept = this.#kept.map((log) => (isSamePlace(log, place) ? { ...log, ...news } : log));
    void this.#keep();
  }

  #keep(): Promise<void> {
    const kept = this.#kept;
    this.#keeping = this.#keeping
      .then(() => writeKeptLogs(this.folder, kept))
      .catch((error: Error) => this.warn(`logs.json: ${error.message}`));
    return this.#keeping;
  }
}

function seconds(time: string): number {
  return Date.parse(time) / 1000;
}
