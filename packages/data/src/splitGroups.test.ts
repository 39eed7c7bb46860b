import { describe, expect, it } from 'vitest';
import { groupsBy } from './splitGroups.js';

const paths = ['cat/patient-1/a.png', 'dog/patient-1/b.png', 'dog/patient-12/c_1.png', 'dog/other.png'];

describe('groupsBy', () => {
  it('is what the parentheses hold, or all that matches; a path that does not match has no group', () => {
    expect(groupsBy('patient-\\d+', paths)).toEqual(['patient-1', 'patient-1', 'patient-12', undefined]);
    expect(groupsBy('patient-(\\d)', paths)).toEqual(['1', '1', '1', undefined]);
    expect(groupsBy('([^/_]+)[^/]*$', ['a/p07_left.png', 'b/p07_right.png', 'b/p8.png'])).toEqual([
      'p07',
      'p07',
      'p8.png',
    ]);
    expect(groupsBy('(x)?', ['x', 'y'])).toEqual(['x', undefined]);
    expect(groupsBy('\u00e9', ['e\u0301/1.png', '2.png'])).toEqual(['\u00e9', undefined]);
  });

  it.each<[string, string, RegExp]>([
    ['a glob', '*patient', /group \*patient: expected a regular expression, received .*patient-\\d\+ for/],
    ['a class left open', '[a-', /expected a regular expression/],
    ['nothing', '', /received an empty pattern/],
    [
      'one that matches nothing',
      'person',
      /matches a path such as cat\/patient-1\/a\.png, received one that matches none/,
    ],
  ])('refuses %s', (_, pattern, message) => {
    expect(() => groupsBy(pattern, paths)).toThrow(expect.objectContaining({ code: 'ARGUMENT' }));
    expect(() => groupsBy(pattern, paths)).toThrow(message);
  });

  it('refuses what a glob means as a regular expression: one group for all', () => {
    expect(() => groupsBy('patient-*', paths.slice(0, 3))).toThrow(
      'group patient-*: expected a pattern that tells groups apart, received the group "patient-" for all of 3 pictures.',
    );
  });
});
