import { isSource, type TextFile } from './files.ts';

const MOST_LINES = 250;

/** Source files in which a newcomer would look for a line too long. */
export function longFiles(files: TextFile[]): string[] {
  return files.flatMap(({ path, text }) => {
    const lines = text.split('\n').length - 1;
    return isSource(path) && lines > MOST_LINES ? [`${path}: ${lines} lines, at most ${MOST_LINES}`] : [];
  });
}
