// One file for all that start the command: they share its build, and two trainings at once would slow each other.
import { beforeAll } from 'vitest';
import { buildCommand } from './residual.js';

beforeAll(buildCommand, 300_000);

import './information.js';
import './training.js';
import './kills.js';
import './damage.js';
