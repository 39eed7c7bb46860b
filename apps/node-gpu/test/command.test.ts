// One file for all that start the command: they share its build and the run that others are compared to, and two
// trainings at once would slow each other.
import { useCommand } from './tinyRun.js';

useCommand();

import './information.js';
import './training.js';
import './ownPictures.js';
import './weights.js';
import './photographs.js';
import './examining.js';
import './compared.js';
