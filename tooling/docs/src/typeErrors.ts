import { join } from 'node:path';
import ts from 'typescript';

const PRESET = join(import.meta.dirname, '..', '..', 'typescript', 'base.json');
/** "Cannot find name", with and without a suggestion, and as a shorthand property; "Cannot find module", imported or for its effect. */
const LEFT_OUT = [2304, 2552, 18004, 2307, 2882];

/**
 * What TypeScript says of examples, on the packages' sources. A sketch may leave out where a name or a package comes
 * from; what it does with the rest must type-check all the same.
 *
 * @param isSketch tells by the file's path
 */
export function typeErrors(files: string[], isSketch: (file: string) => boolean): string[] {
  const { options } = ts.parseJsonConfigFileContent(
    { extends: PRESET, files, compilerOptions: { noUnusedLocals: false, noUncheckedIndexedAccess: false } },
    ts.sys,
    import.meta.dirname,
  );
  return ts
    .getPreEmitDiagnostics(ts.createProgram(files, options))
    .flatMap(({ code, file, start, messageText }) => {
      if (file !== undefined && isSketch(file.fileName) && LEFT_OUT.includes(code)) return [];
      const line =
        file === undefined
          ? ''
          : `${file.fileName}:${file.getLineAndCharacterOfPosition(start ?? 0).line + 1}: `;
      return [`${line}${ts.flattenDiagnosticMessageText(messageText, '\n')}`];
    });
}
