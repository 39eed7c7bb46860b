import type { RawPicture, Task } from '@residual/data';

/** Between the darkest and the brightest level of a channel: what a JPEG makes of one colour. */
const EVEN = 8;

/**
 * Whether a picture is of one colour, as the network sees it: what it answers then says nothing.
 *
 * @param prepare of the task: `preparation`
 *
 * @example
 * if (isBlank(picture, task, preparation(task))) console.warn('There is nothing to see.');
 */
export function isBlank(
  picture: RawPicture,
  task: Pick<Task, 'picture'>,
  prepare: (picture: RawPicture) => Uint8Array,
): boolean {
  // Of most pictures the middle says that there is something to see; others are made what the network sees.
  return maybeBlank(picture) && isEven({ ...task.picture, data: prepare(picture) });
}

/** Whether the middle, which every crop around it keeps, has nothing to see. What lies behind transparent pixels the task says. */
function maybeBlank(picture: RawPicture): boolean {
  const { data, width, height } = picture;
  const channels = data.length / (width * height);
  if (channels === 2 || channels === 4) return true;
  const side = Math.max(1, Math.min(width, height) >> 1);
  const [top, left] = [(height - side) >> 1, (width - side) >> 1];
  const middle = new Uint8Array(side * side * channels);
  for (let row = 0; row < side; row++) {
    const start = ((top + row) * width + left) * channels;
    middle.set(data.subarray(start, start + side * channels), row * side * channels);
  }
  return isEven({ data: middle, width: side, height: side });
}

/** Whether no channel differs from place to place. */
function isEven({ data, width, height }: RawPicture): boolean {
  const channels = data.length / (width * height);
  for (let channel = 0; channel < channels; channel++) {
    let [least, most] = [255, 0];
    for (let at = channel; at < data.length; at += channels) {
      const level = data[at]!;
      if (level < least) least = level;
      if (level > most) most = level;
      if (most - least >= EVEN) return false;
    }
  }
  return true;
}
