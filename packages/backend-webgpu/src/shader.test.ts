import { expect, it } from 'vitest';
import { type Shader, shaderText } from './shader.js';

const shader = {
  name: 'a test',
  code: ['// body'],
  inputs: { x: 'stored', x4: 'vec4stored', table: 'f32' },
  outputs: { y: 'stored' },
  parameters: { size: 'u32' },
} satisfies Shader;

it('declares each tensor as it is kept', () => {
  const storages = { x4: 'float16', table: 'float32', y: 'float32' } as const;
  const text = shaderText(shader, { FOURS: true }, (name) => storages[name as keyof typeof storages]);
  expect(text.split('\n')).toEqual([
    'enable f16;',
    'const FOURS = true;',
    'alias xType = f32;',
    'var<private> x: array<xType, 1>;',
    'alias x4Type = vec4h;',
    '@group(0) @binding(0) var<storage, read> x4: array<x4Type>;',
    'alias tableType = f32;',
    '@group(0) @binding(1) var<storage, read> table: array<tableType>;',
    'alias yType = f32;',
    '@group(0) @binding(2) var<storage, read_write> y: array<yType>;',
    'struct Parameters { size: u32 }',
    '@group(0) @binding(3) var<uniform> parameters: Parameters;',
    '// body',
  ]);
});

it('asks for f16 only where something is kept in it', () => {
  expect(shaderText(shader, {}, () => 'float32')).not.toContain('f16');
});
