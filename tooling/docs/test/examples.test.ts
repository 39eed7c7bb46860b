import { expect, test } from 'vitest';
import { examples } from '../src/index.ts';

test('fenced blocks become examples; a plain one that follows is the output of the one before', () => {
  const fence = '```';
  const markdown = [
    '# Title',
    `${fence}ts`,
    'print(1);',
    fence,
    '',
    fence,
    '1',
    fence,
    'Prose.',
    fence,
    'a tree',
    fence,
    `${fence}sh sketch more`,
    'ls',
    fence,
    '',
  ].join('\n');
  expect(examples(markdown)).toEqual([
    { language: 'ts', marks: [], code: 'print(1);\n', output: '1\n', line: 2 },
    { language: '', marks: [], code: 'a tree\n', line: 10 },
    { language: 'sh', marks: ['sketch', 'more'], code: 'ls\n', line: 13 },
  ]);
});
