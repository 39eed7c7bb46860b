import { itGivesPyTorchsLogits, recordedNames } from './familyLogits.js';

itGivesPyTorchsLogits(recordedNames.filter((name) => !name.startsWith('tiny-')));
