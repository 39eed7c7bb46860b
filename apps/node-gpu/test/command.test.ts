// One file for all that start the command: they share its build and the run that others are compared to, and two
// trainings at once would slow each other.
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { buildCommand } from './residual.js';
import { folder, trainWhole } from './tinyRun.js';

// Two seconds on an idle machine, a minute on one that does something else too.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

beforeAll(async () => {
  buildCommand();
  expect(await trainWhole()).toMatchObject({ code: 0 });
});
afterAll(folder.remove);

import './information.js';
import './training.js';
import './kills.js';
import './damage.js';
import './webgpu.js';
