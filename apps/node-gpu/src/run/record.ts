import { type History, recordOf } from '@residual/trainer';
import { curvesSvg } from '../plot/curves.js';
import { keepDrawing } from '../plot/png.js';
import { JsonLines, type LoggedEvent, type RecordedEvent } from './eventLog.js';
import type { RunFolder } from './folder.js';
import type { RunLogs } from './logs/runLogs.js';
import type { RunSettings } from './settings.js';

/** Keeps `events.jsonl`, `history.json`, the curves and the logs of a run up to date. */
export class RunRecord {
  readonly #folder: RunFolder;
  readonly #settings: RunSettings;
  readonly #log: JsonLines;
  readonly #warned = new Set<string>();
  #history: History = [];

  /** @param warn is told once of what is not drawn */
  constructor(
    folder: RunFolder,
    settings: RunSettings,
    private readonly logs: RunLogs,
    private readonly warn: (message: string) => void,
  ) {
    this.#folder = folder;
    this.#settings = settings;
    this.#log = new JsonLines(folder.events);
  }

  /** Takes over the history of a run that goes on, up to the epoch in which it does. */
  async restore(): Promise<void> {
    const history = await this.#folder.readHistory();
    this.#history = history;
  }

  /** Logs an event, and draws and writes what it changes. Returns it as it was logged. */
  async add(event: RecordedEvent): Promise<LoggedEvent> {
    const logged = { time: new Date().toISOString(), ...event };
    this.#log.append(logged);
    this.logs.take(logged);
    if (event.type === 'start') this.#keepUntil(event.resumedAt?.epoch ?? 1);
    if (event.type === 'epoch') await this.#write([...this.#history, recordOf(event)]);
    // Its history is the authority: that of the checkpoints.
    if (event.type === 'end' && event.history.length > 0) await this.#write(event.history);
    return logged;
  }

  /** A killed run may have written the epoch that it now goes through again. */
  #keepUntil(epoch: number): void {
    this.#history = this.#history.filter((record) => record.epoch < epoch);
  }

  async #write(history: History): Promise<void> {
    this.#history = history;
    await this.#folder.writeJson('history.json', history);
    this.logs.keepHistory(history);
    const svg = curvesSvg(history, curvesTitle(this.#settings));
    await keepDrawing(this.#folder.files, 'curves', svg, (message) => {
      if (!this.#warned.has(message)) this.warn(message);
      this.#warned.add(message);
    });
  }
}

function curvesTitle({ task, training, environment }: RunSettings) {
  const { recipe, model, batchSize, optimizer, seed, limit, epochs } = training;
  const details = [
    `recipe ${recipe}`,
    `batch ${batchSize}`,
    `learning rate ${optimizer.learningRate}`,
    `seed ${seed}`,
    ...(limit === null ? [] : [`${limit} images`]),
    environment.backend.name,
  ];
  return { title: `${model.name} on ${task.data.name}`, subtitle: details.join(' · '), epochs };
}
