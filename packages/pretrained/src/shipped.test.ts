import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { openWeightsAt } from '@residual/weights/node';
import { expect, it } from 'vitest';
import { findShipped, shippedRows } from './index.js';
import { shippedPath } from './node.js';

it.each(shippedRows)('$name is here, small, and says itself what it is', async (row) => {
  const bytes = readFileSync(shippedPath(row));
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(row.sha256);
  expect(bytes.length).toBeLessThan(2_000_000);
  const { file, close } = await openWeightsAt(shippedPath(row));
  await close();
  expect(file.metadata.format).toBe('residual-model');
  expect(JSON.parse(file.metadata.model!)).toEqual({ name: row.model });
});

it('names beside the weights whose pictures they were trained on', () => {
  const notice = readFileSync(new URL('../NOTICE', import.meta.url), 'utf8');
  for (const { file } of shippedRows) expect(notice).toContain(`files/${file} holds weights`);
  expect(notice).toContain('Twemoji, Copyright 2020 Twitter, Inc and other');
  const { files } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  expect(files).toEqual(expect.arrayContaining(['files', 'NOTICE']));
});

it('finds a row by its name', () => {
  expect(findShipped('residual/resnet20-fashion-mnist')).toBe(shippedRows[0]);
  expect(findShipped('resnet20')).toBeUndefined();
});
