import type { LogPoint } from '../points.js';
import { Message } from './message.js';
import { record, wholeRecords } from './records.js';

// Numbers of fields. Source: tensorboard/compat/proto, event.proto and summary.proto.
const [WALL_TIME, STEP, FILE_VERSION, SUMMARY] = [1, 2, 3, 5];
const SUMMARY_VALUE = 1;
const [TAG, SIMPLE_VALUE, IMAGE] = [1, 2, 4];
const [IMAGE_HEIGHT, IMAGE_WIDTH, IMAGE_COLORSPACE, IMAGE_BYTES] = [1, 2, 3, 4];
/** What a PNG's colour type is called there: grey, RGB, palette, grey with alpha, RGBA. */
const COLORSPACES: Record<number, number> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/**
 * The name of a run's event file, by which TensorBoard knows it.
 *
 * @param time when the run began, in seconds since 1970
 */
export function eventFileName(time: number): string {
  return `events.out.tfevents.${Math.floor(time).toString().padStart(10, '0')}.residual`;
}

/** What an event file begins with. */
export function encodeStart(time: number): Uint8Array {
  return record(new Message().double(WALL_TIME, time).text(FILE_VERSION, 'brain.Event:2').encoded);
}

/** A point's numbers as the next bytes of an event file. */
export function encodePoint(point: LogPoint): Uint8Array {
  const summary = new Message();
  for (const [tag, value] of Object.entries(point.scalars)) {
    summary.message(SUMMARY_VALUE, new Message().text(TAG, tag).float(SIMPLE_VALUE, value));
  }
  return encodeEvent(point, summary);
}

/**
 * A picture as the next bytes of an event file.
 *
 * @param name under which TensorBoard shows it
 * @param png whose size and colours stand in its first chunk. Source: PNG, third edition, section 11.2.1
 */
export function encodePicture(
  at: Pick<LogPoint, 'time' | 'step'>,
  name: string,
  png: Uint8Array,
): Uint8Array {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  const image = new Message()
    .integer(IMAGE_HEIGHT, view.getUint32(20))
    .integer(IMAGE_WIDTH, view.getUint32(16))
    .integer(IMAGE_COLORSPACE, COLORSPACES[view.getUint8(25)] ?? 0)
    .bytes(IMAGE_BYTES, png);
  const value = new Message().text(TAG, name).message(IMAGE, image);
  return encodeEvent(at, new Message().message(SUMMARY_VALUE, value));
}

function encodeEvent({ time, step }: Pick<LogPoint, 'time' | 'step'>, summary: Message): Uint8Array {
  const event = new Message().double(WALL_TIME, time).integer(STEP, step);
  return record(event.message(SUMMARY, summary).encoded);
}

/**
 * An event file that TensorBoard reads, of all points of a run.
 *
 * @example
 * writeFileSync(eventFileName(points[0].time), encodeEventFile(points));
 */
export function encodeEventFile(points: readonly LogPoint[]): Uint8Array {
  const parts = [encodeStart(points[0]?.time ?? 0), ...points.map(encodePoint)];
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/**
 * How much of an event file is whole: a killed process may have left half a record at its end.
 *
 * @returns how many points it holds, and at which byte the next one is written; null where not even its start is there
 */
export function readEventFile(bytes: Uint8Array): { points: number; end: number } | null {
  const { count, end } = wholeRecords(bytes);
  return count === 0 ? null : { points: count - 1, end };
}
