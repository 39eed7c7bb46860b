// Preloaded into a command whose packing is to take a while, however fast the machine is: each PNG opens late.
import { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { setTimeout } from 'node:timers/promises';

const LATE = 50; // ms; four are opened at a time
const { open } = promises;
promises.open = async (path, ...rest) => {
  if (String(path).endsWith('.png')) await setTimeout(LATE);
  return open(path, ...rest);
};
syncBuiltinESMExports();
