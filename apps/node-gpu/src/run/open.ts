import { RunFolder } from './folder.js';
import { type RunSettings, readSettings } from './settings.js';

/**
 * The run that `--run` names, or else the newest, with its settings.
 *
 * @throws CommandError `RUN_FOLDER` when there is none, or its `config.json` is damaged.
 */
export async function openRun(path?: string): Promise<{ folder: RunFolder; settings: RunSettings }> {
  const folder = path === undefined ? await RunFolder.newest() : await RunFolder.open(path, '--run');
  return { folder, settings: await readSettings(folder) };
}
