import { clearLine, cursorTo } from 'node:readline';
import type { WriteStream } from 'node:tty';

const REDRAW_EVERY_MS = 100;

/**
 * A line at the bottom of a terminal that is drawn again and again; `print` puts lasting lines above it.
 *
 * It only ever moves to the start of its line and clears it, so that a process which ends at once, at any moment,
 * leaves the terminal as it was.
 */
export class LiveLine {
  #text = '';
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly terminal: WriteStream,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get columns(): number {
    return this.terminal.columns || 80;
  }

  /** Shows `text`, cut to the terminal's width; at most ten times a second. */
  show(text: string): void {
    this.#text = text;
    if (this.now() - this.#drawnAt >= REDRAW_EVERY_MS) this.#draw();
  }

  /** Writes a line that stays. */
  print(line: string): void {
    this.clear();
    this.terminal.write(`${line}\n`);
  }

  /** Takes the live line away. */
  clear(): void {
    if (this.#text === '') return;
    this.#text = '';
    this.#draw();
    this.#drawnAt = Number.NEGATIVE_INFINITY;
  }

  #draw(): void {
    this.#drawnAt = this.now();
    cursorTo(this.terminal, 0);
    // One column stays free: filling the last one makes some terminals wrap.
    this.terminal.write(this.#text.slice(0, this.columns - 1));
    clearLine(this.terminal, 1);
  }
}
