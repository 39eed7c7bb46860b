import { describe, expect, it } from 'vitest';
import { parseTask, type Task } from './task.js';

const task: Task = {
  version: 1,
  picture: { height: 40, width: 24, channels: 3 },
  steps: [{ name: 'color' }, { name: 'mine', version: 2, by: [1, { deep: null }] }],
  normalize: { mean: [0.1, 0.2, 0.3], standardDeviation: [1, 1, 1] },
  classNames: Array.from({ length: 13 }, (_, i) => `class ${i}`),
  data: { name: 'toy', sha256: 'a'.repeat(64) },
};

/** The task with another value at a path. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(task) as unknown as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const at = keys.reduce((object, key) => object[key] as Record<string, unknown>, copy);
  if (value === undefined) delete at[last];
  else at[last] = value;
  return copy;
}

describe('parseTask', () => {
  it('gives back a task that went through JSON', () => {
    expect(parseTask(JSON.parse(JSON.stringify(task)), 'task.json')).toEqual(task);
    expect(parseTask({ ...task, normalize: null, data: { name: 'toy' } }, 'task.json').normalize).toBeNull();
  });

  it.each([
    ['picture.height', 0, 'at least 1', '0'],
    ['picture.width', 2.5, 'a whole number', '2.5'],
    ['picture.width', '24', 'number', '"24"'],
    ['picture.channels', 4, '(1 | 3)', '4'],
    ['picture.depth', 1, 'no such field', '1'],
    ['steps', { name: 'grey' }, 'Array', '{"name":"grey"}'],
    ['steps.0.name', undefined, 'this field', 'nothing'],
    ['steps.1.version', 0, 'at least 1', '0'],
    ['normalize', undefined, 'this field', 'nothing'],
    ['normalize.mean', [0.5], "one number for each of the picture's channels", '[0.5]'],
    ['normalize.mean.2', Number.NaN, 'number', 'NaN'],
    ['normalize.standardDeviation.1', 0, 'above 0', '0'],
    ['classNames', [], 'at least one class name', '[]'],
    ['classNames.3', '', 'one that is not empty', '""'],
    ['data.sha256', 'abc', '64 hexadecimal digits in lower case', '"abc"'],
    ['data.path', '/home', 'no such field', '"/home"'],
    ['version', undefined, 'this field', 'nothing'],
    ['version', '1', '1', '"1"'],
  ])('%s of %j is refused by its path', (path, value, expected, received) => {
    expect(() => parseTask(changed(path, value), 'task.json')).toThrow(
      expect.objectContaining({ code: 'FORMAT', where: `task.json: ${path}`, expected, received }),
    );
  });

  it('names a field in one line, whatever its key is', () => {
    const task = { ...(changed('data', {}) as object), '\n': 1 };
    expect(() => parseTask(task, 'task.json')).toThrow(/^task\.json: [^\n]+$/);
    expect(() =>
      parseTask({ ...(changed('data.name', 'x') as object), ['k'.repeat(999)]: 1 }, 'task.json'),
    ).toThrow(/^.{1,300}$/);
  });

  it.each([
    [2, 'A newer Residual wrote it: install that one.'],
    [0, 'An older Residual wrote it, which this one no longer reads: make it again.'],
  ])('version %i is refused in one sentence', (version, fix) => {
    expect(() => parseTask({ version }, 'task.json')).toThrow(
      expect.objectContaining({ code: 'VERSION', message: expect.stringContaining(fix) }),
    );
  });

  it.each([[null], [undefined], ['task'], [[]]])('%j is refused', (value) => {
    expect(() => parseTask(value, 'task.json')).toThrow(expect.objectContaining({ code: 'FORMAT' }));
  });
});
