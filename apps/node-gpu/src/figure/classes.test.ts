import { runInNewContext, Script } from 'node:vm';
import { expect, it } from 'vitest';
import { cellOf, distanceTo, functionClasses, INPUTS, type Point } from './classes.js';
import { functionClassesPage } from './page.js';

const [plain, residual] = [functionClasses('plain'), functionClasses('residual')];
const TARGET: Point = [-1.2, 1.1];

it('has nested classes of residual networks: each function stays to the bit, and none gets farther from a target', () => {
  for (const [i, { points, contained }] of residual.entries()) {
    expect(contained).toBe(1);
    const deeper = new Set(residual[i + 1]?.points.map(String));
    if (i + 1 < residual.length) for (const point of points) expect(deeper.has(String(point))).toBe(true);
  }
  const distances = residual.map((one) => distanceTo(one, TARGET));
  expect(distances).toEqual([...distances].sort((a, b) => b - a));
  expect(distances.at(-1)).toBeLessThan(0.1);
});

it('has classes of plain networks that do not contain one another, and get farther from that target', () => {
  for (const { contained } of plain.slice(1)) expect(contained).toBeLessThan(0.9);
  const distances = plain.map((one) => distanceTo(one, TARGET));
  expect(distances).toEqual([...distances].sort((a, b) => a - b));
  expect(plain[1]!.points.length).toBeGreaterThan(plain[0]!.points.length);
});

it('keeps one function a cell, each what a layer makes of the inputs', () => {
  const [{ points } = { points: [] }] = plain;
  expect(new Set(points.map(cellOf)).size).toBe(points.length);
  for (const [first, second] of points) {
    const w = (Math.atanh(second) - Math.atanh(first)) / (INPUTS[1] - INPUTS[0]);
    expect(w).toBeGreaterThan(0.4 - 1e-9);
    expect(w).toBeLessThan(0.8 + 1e-9);
  }
});

it('is drawn by a page that fetches nothing, with the distances that were computed', () => {
  const html = functionClassesPage({ plain, residual });
  expect(html).not.toMatch(/https?:(?!\/\/www\.w3\.org)|<link|src=|@import|NaN|undefined/);
  const [, script] = /<script>([\s\S]*)<\/script>/.exec(html)!;
  expect(() => new Script(script!)).not.toThrow();
  const [, data] = /const data = (.*);/.exec(script!)!;
  const { classes } = runInNewContext(`(${data})`);
  expect(classes.residual[4].length).toBe(2 * residual[4]!.points.length);
});
