import { itGivesPyTorchsLogits, recordedNames } from './familyLogits.js';

itGivesPyTorchsLogits(recordedNames);
