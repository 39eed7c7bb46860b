import { describe, expect, it } from 'vitest';
import { csvHeader, csvRow } from './answers.js';

const classes = (...names: string[]) =>
  names.map((className, i) => ({ className, probability: 0.5 / (i + 1) }));

describe('answers as CSV', () => {
  it('have a column for each class asked for, empty where there are fewer', () => {
    expect(csvHeader(2)).toBe('path,label,probability,label_2,probability_2');
    expect(csvRow('a/b.png', classes('cat', 'dog'), 2)).toBe('a/b.png,cat,0.5,dog,0.25');
    expect(csvRow('a.png', classes('cat'), 2)).toBe('a.png,cat,0.5,,');
  });

  it('are quoted as RFC 4180 says', () => {
    expect(csvRow('a,"b"\n.png', classes('cat, large'), 1)).toBe('"a,""b""\n.png","cat, large",0.5');
  });

  it('are no formulas: a path stays one, a number stays one', () => {
    expect(csvRow('=cmd.png', classes('=1+1', '-1', '+cat', '@x'), 4)).toBe(
      "./=cmd.png,'=1+1,0.5,-1,0.25,'+cat,0.16666666666666666,'@x,0.125",
    );
    expect(csvRow('/a/=b.png', classes('a=b'), 1)).toBe('/a/=b.png,a=b,0.5');
  });
});
