import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeEach, describe, expect, it } from 'vitest';
import { fallbacks, fallbacksDuring, globalAveragePool, linear, noteFallback } from '../src/index.js';

beforeEach(async () => {
  await tf.setBackend('cpu');
});

const runLinear = () => void linear(tf.tensor2d([[3]]), tf.tensor2d([[2]]));

describe('fallbacks', () => {
  it('names the references that ran', () => {
    runLinear();
    expect(fallbacks()).toContain('residual/linear');
    expect(fallbacks('another')).toEqual([]);
  });

  it('names what a backend notes, once and in order', () => {
    for (const name of ['Transpose', 'Cast', 'Transpose']) noteFallback(name, 'half-done');
    expect(fallbacks('half-done')).toEqual(['Cast', 'Transpose']);
  });
});

describe('fallbacksDuring', () => {
  it('names what runs inside, also if it ran before', () => {
    runLinear();
    expect(fallbacksDuring(runLinear)).toEqual(['residual/linear']);
    expect(fallbacksDuring(() => {})).toEqual([]);
  });

  it('hears of no other backend', () => {
    expect(fallbacksDuring(() => noteFallback('Cast', 'another'))).toEqual([]);
  });

  it('may be nested, and ends when its function throws', () => {
    let inner: string[] = [];
    const outer = fallbacksDuring(() => {
      globalAveragePool(tf.ones([1, 2, 2, 1]));
      inner = fallbacksDuring(runLinear);
    });
    expect(inner).toEqual(['residual/linear']);
    expect(outer).toEqual(['residual/globalAveragePool', 'residual/linear']);
    const fail = () => {
      throw new Error('no');
    };
    expect(() => fallbacksDuring(fail)).toThrow('no');
    expect(fallbacksDuring(() => {})).toEqual([]);
  });
});
