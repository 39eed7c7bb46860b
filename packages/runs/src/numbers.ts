import * as v from 'valibot';

// What a number of a configuration may be.

export const integer = (least: number) => v.pipe(v.number(), v.safeInteger(), v.minValue(least));
export const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
export const belowOne = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
export const notNegative = v.pipe(v.number(), v.finite(), v.minValue(0));
export const factor = v.pipe(v.number(), v.gtValue(0), v.ltValue(1));
export const shareAboveZero = v.pipe(v.number(), v.gtValue(0), v.maxValue(1));
