import type { LogPoint } from '../points.js';
import { Message } from './message.js';
import { record, wholeRecords } from './records.js';

// Numbers of fields. Source: tensorboard/compat/proto, event.proto and summary.proto.
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5 };
const SUMMARY = { value: 1 };
const VALUE = { tag: 1, simpleValue: 2, image: 4 };
const IMAGE = { height: 1, width: 2, colorspace: 3, png: 4 };
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
  return record(new Message().double(EVENT.wallTime, time).text(EVENT.fileVersion, 'brain.Event:2').encoded);
}

/**
 * A point as the next bytes of an event file.
 *
 * @param png the point's picture; without, only its numbers are written
 */
export function encodePoint({ time, step, scalars, picture }: LogPoint, png?: Uint8Array): Uint8Array {
  const summary = new Message();
  for (const [tag, value] of Object.entries(scalars)) {
    summary.message(SUMMARY.value, new Message().text(VALUE.tag, tag).float(VALUE.simpleValue, value));
  }
  if (picture !== undefined && png !== undefined) {
    const image = new Message().text(VALUE.tag, picture.name).message(VALUE.image, imageOf(png));
    summary.message(SUMMARY.value, image);
  }
  const event = new Message().double(EVENT.wallTime, time).integer(EVENT.step, step);
  return record(event.message(EVENT.summary, summary).encoded);
}

/**
 * An event file that TensorBoard reads, of all points of a run.
 *
 * @example
 * writeFileSync(eventFileName(points[0].time), encodeEventFile(points));
 */
export function encodeEventFile(points: readonly LogPoint[]): Uint8Array {
  const parts = [encodeStart(points[0]?.time ?? 0), ...points.map((point) => encodePoint(point))];
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

/** A PNG's size and colours stand in its first chunk. Source: PNG, third edition, section 11.2.1. */
function imageOf(png: Uint8Array): Message {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  return new Message()
    .integer(IMAGE.height, view.getUint32(20))
    .integer(IMAGE.width, view.getUint32(16))
    .integer(IMAGE.colorspace, COLORSPACES[view.getUint8(25)] ?? 0)
    .bytes(IMAGE.png, png);
}
