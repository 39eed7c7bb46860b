import { appendFileSync, existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { encodePicture, encodePoint, encodeStart, type LogPoint, readEventFile } from '@residual/logs';

/** A TensorBoard event file that grows by a record a point. What it has is passed over, so a run that goes on is added to it. */
export class EventFile {
  /** How many points it had when it was opened. */
  readonly #had: number;
  #count = 0;

  /**
   * Opens the file, or begins it; half a record at its end, which a killed process has left, goes.
   *
   * @param time of the run's beginning, in seconds since 1970
   * @throws the system's error
   */
  constructor(
    readonly path: string,
    time: number,
  ) {
    const bytes = existsSync(path) ? readFileSync(path) : new Uint8Array();
    const whole = readEventFile(bytes);
    if (whole === null) writeFileSync(path, encodeStart(time));
    else if (whole.end < bytes.length) truncateSync(path, whole.end);
    this.#had = whole?.points ?? 0;
  }

  /**
   * The next point of the run.
   *
   * @param readPng gives the bytes of its picture, where there is one
   * @throws the system's error
   */
  add(point: LogPoint, readPng: (file: string) => Uint8Array | undefined): void {
    if (this.#count++ < this.#had) return;
    const { picture } = point;
    const png = picture && readPng(picture.file);
    appendFileSync(this.path, png ? encodePicture(point, picture.name, png) : encodePoint(point));
  }
}
