import { printJson } from '../output.js';
import { createDisplay } from './display.js';
import { PeopleView } from './people.js';
import type { RunView } from './view.js';

/** For people, or with `--json` one event a line, for programs. */
export function createView(json = false): RunView {
  return json ? { show: printJson, close() {} } : new PeopleView(createDisplay());
}
