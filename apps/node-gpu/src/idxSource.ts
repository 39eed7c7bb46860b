import { readdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { type DataSplit, defineSource, idxSplit, isIdxFileName, type Task } from '@residual/data';
import * as v from 'valibot';

/** A stand-in for `idxSource` of `@residual/data/node`, until that is there. */
export const idxSource = defineSource({
  name: 'idx',
  parameters: v.strictObject({ path: v.pipe(v.string(), v.nonEmpty()) }),
  load: async ({ path }) => {
    const names = (await readdir(path)).filter(isIdxFileName).map((name) => join(path, name));
    const files = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(name) })));
    const split = idxSplit(files, { name: path });
    return { ...split, task: taskOf(split, basename(resolve(path))) };
  },
});

function taskOf({ train }: DataSplit, name: string): Task {
  const [height, width, channels] = train.shape;
  return {
    version: 1,
    picture: { height, width, channels: channels === 3 ? 3 : 1 },
    steps:
      channels === 3
        ? [{ name: 'color' }, { name: 'stretch', height, width, interpolation: 'bilinear' }]
        : [{ name: 'grey' }, { name: 'lightOnDark' }, { name: 'fitSubject', height, width }],
    normalize: null,
    classNames: train.classNames,
    data: { name },
  };
}
