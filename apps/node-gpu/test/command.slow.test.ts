import { useCommand } from './tinyRun.js';

useCommand();

import './backends.js';
import './ownPieces.js';
import './kills.js';
import './damage.js';
import './webgpu.js';
import './packs.js';
import './fineTuning.js';
import './hub.js';
import './scaleOut.js';
import './control.js';
import './logs.js';
import './comparing.js';
