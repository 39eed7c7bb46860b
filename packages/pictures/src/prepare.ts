import type { RawPicture, Task } from '@residual/data';
import { PicturesError } from './error.js';
import { channelsOf } from './grey.js';
import { stepsOf } from './step.js';

/**
 * Makes the pictures that a task's network sees: its steps, looked up and checked once.
 *
 * @returns a function from any picture to the H * W * C bytes of the task's picture, row by row; it throws
 *   PicturesError `MISMATCH` for pixels that don't fill the picture, and when the steps end in another shape.
 * @throws PicturesError as `stepsOf`.
 *
 * @example
 * const loader = new SourceLoader(source, { batchSize: 64, picture: [40, 24, 3], prepare: preparation(task) });
 */
export function preparation(task: Pick<Task, 'picture' | 'steps'>): (picture: RawPicture) => Uint8Array {
  const steps = stepsOf(task.steps);
  const { height, width, channels } = task.picture;
  return (picture) => {
    const last = steps(picture);
    const { data } = last;
    if (last.height === height && last.width === width && channelsOf(last) === channels) {
      return data instanceof Uint8Array ? data : new Uint8Array(data.buffer, data.byteOffset, data.length);
    }
    throw new PicturesError('MISMATCH', {
      where: 'task.steps',
      expected: `to end in a picture of ${height}x${width}x${channels}, as task.picture says`,
      received: `${last.height}x${last.width}x${channelsOf(last)}`,
      fix: 'Correct the size, or end with a step that makes it, such as stretch, grey or color.',
    });
  };
}

/**
 * Any picture as the task's network sees it.
 *
 * @returns H * W * C bytes, row by row.
 * @throws PicturesError as `preparation` and its function.
 *
 * @example
 * const pixels = preparePicture(context.getImageData(0, 0, width, height), fashionMnistTask); // Uint8Array of 784
 */
export function preparePicture(picture: RawPicture, task: Pick<Task, 'picture' | 'steps'>): Uint8Array {
  return preparation(task)(picture);
}
